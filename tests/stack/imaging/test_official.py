"""Our own programs on the official Python: what the engine is given, and what it makes of it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack import images
from stack.errors import DefinitionInvalid, EngineRefused
from stack.images import OWN, own_code, own_reference
from stack.imaging import official
from stack.imaging.archive import Recipe
from stack.imaging.layer import executable, write
from stack.imaging.official import context, pinned
from stack.imaging.own import foreign
from stack.imaging.shelf import held, load
from stack.sources import architecture

if TYPE_CHECKING:
    from stack.environment import Environment
    from stack.imaging.building import Builder

LOCK = """\
aiosmtpd==1.4.6 \\
    --hash=sha256:aa
colour[all]==1 ; sys_platform == 'win32' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
zope-x==2 \\
    --hash=sha256:dd
"""


def test_only_what_is_asked_for_is_pinned_with_all_its_digests() -> None:
    assert pinned(["zope-x", "colour"], LOCK) == LOCK[LOCK.index("colour") :]
    with pytest.raises(
        DefinitionInvalid, match=r"^requirements.lock: has no b, which our own programs import$"
    ):
        pinned(["b"], LOCK)


def test_the_engine_is_given_our_code_and_what_it_imports_and_nothing_else() -> None:
    code = own_code()
    with tarfile.open(fileobj=io.BytesIO(context(code))) as tar:
        names = set(tar.getnames())
        requirements = (tar.extractfile("requirements.txt") or pytest.fail("none")).read().decode()

    assert names == {"Dockerfile", "requirements.txt", *code.files}
    assert [line.partition("==")[0] for line in requirements.splitlines() if "==" in line] == [*foreign(code)]
    assert "pydantic" not in requirements
    assert context(code) == context(code)


@pytest.mark.integration
def test_where_no_registry_is_reached_another_way_is_named(
    builder: Builder, environment: Environment
) -> None:
    mirrored = environment.model_copy(update={"registries": {"docker.io": "127.0.0.1:9"}})

    with pytest.raises(EngineRefused, match=r"cannot build image imgtest-.*127\.0\.0\.1:9") as raised:
        builder.own(mirrored)
    assert "\n" not in str(raised.value)
    assert raised.value.advice.endswith("--set images=built")


@pytest.mark.integration
def test_the_engine_builds_it_on_a_base_and_our_programs_run(
    builder: Builder,
    environment: Environment,
    built: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The base is a Python with all packages in it, a shell, and a pip that has nothing left to do."""
    monkeypatch.setattr(official, "BASE", _stand_in(builder, built, tmp_path))
    first = builder.own(environment)
    again = builder.own(environment)
    found = held(builder.engine, first.reference)
    said: bytes = builder.engine.containers.run(
        first.reference,
        ["-m", "stack.exporters.sink", "--help"],
        read_only=True,
        cap_drop=["ALL"],
        remove=True,
    )

    assert (first.fresh, again.fresh) == (True, False)
    assert first.reference == own_reference()
    assert found
    assert (found.user, found.built) == (OWN.user, True)
    assert said.decode().startswith("usage: sink")
    assert builder.own(built).fresh, "of other things than the one before, though under the same name"


def _stand_in(builder: Builder, built: Environment, tmp_path: Path) -> str:
    from stack.clients.command import run

    shell = tmp_path / "sh"
    busybox = run(["sh", "-c", "command -v busybox"]).stdout.strip()
    if not busybox:
        pytest.skip("this machine has no busybox, which the stand-in needs for a shell")
    shell.write_bytes(Path(busybox).read_bytes())
    below = (builder._base(), builder._python())
    tools = {f"usr/bin/{name}": executable(shell) for name in ("sh", "rm", "mkdir")}
    layer = write({**tools, "usr/bin/pip": executable(b"#!/bin/sh\n")}, tmp_path / "layer.tar")
    name = f"{images.OURS}/stand-in:1"
    variables = {"PATH": "/usr/bin"}
    load(
        builder.engine,
        Recipe(name, architecture(), "0:0", (), {}, variables),
        (*below, layer),
        lambda *_: None,
    )
    return name
