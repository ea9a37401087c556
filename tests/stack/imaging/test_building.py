"""Images on a real engine: each program runs in its own, as nobody, on a root that it cannot write."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from stack import images
from stack.assemble import services
from stack.binaries import resolve
from stack.errors import EngineRefused
from stack.images import image, own_code
from stack.imaging import own
from stack.imaging.carrying import carry_in, carry_out, list_file
from stack.imaging.shelf import held
from stack.programs import Program
from stack.tree import Tree
from tests.lab import until
from tests.programs import CACHE

if TYPE_CHECKING:
    from pathlib import Path

    from stack.binaries import Binary
    from stack.environment import Environment
    from stack.imaging.building import Builder, Made

pytestmark = pytest.mark.integration

CADDY = Program("caddy", ("caddy",), "2.8", ("caddy",))
PROGRAMS = {
    program.name: program
    for program in (CADDY, *(service.program for service in services().values()))
    if program and program.packages
}
VERSION = {"caddy": "version"}
PROBE = """
import json, os, pathlib, ssl, sys
import prometheus_client, psutil, yaml, aiosmtpd.smtp
import stack.emit, stack.runtimes.layout, stack.runtimes.record, stack.tree
try:
    open("/tmp/x", "w")
    wrote = True
except OSError:
    wrote = False
code = [path.read_bytes()[:8] for path in pathlib.Path("/usr/lib").rglob("*.pyc")]
print(json.dumps({
    "uid": os.getuid(), "version": list(sys.version_info[:2]), "libyaml": yaml.__with_libyaml__,
    "authorities": len(ssl.create_default_context().get_ca_certs()), "wrote": wrote,
    "zone": os.path.exists("/usr/share/zoneinfo/Europe/Berlin"), "ours": os.path.isdir("/monitoring"),
    "compiled": len(code), "timed": sum(head[4] == 0 for head in code),
}))
"""


def binary(program: Program, environment: Environment) -> Binary:
    return resolve([program], environment, CACHE, tell=lambda _: None, progress=lambda *_: None)[program.name]


def made(name: str, builder: Builder, environment: Environment) -> Made:
    program = PROGRAMS[name]
    return builder.program(program, binary(program, environment), environment)


def packed(name: str, data: bytes) -> bytes:
    """Pack one file as the engine's API takes it."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return archive.getvalue()


def ran(builder: Builder, reference: str, *words: str, **more: Any) -> str:
    """Run a program to its end as a careful runtime would, and give what it said."""
    said: bytes = builder.engine.containers.run(
        reference,
        list(words),
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        network_mode="none",
        remove=True,
        stderr=True,
        **more,
    )
    return said.decode()


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_runs_as_nobody_on_a_root_that_it_cannot_write(
    name: str, builder: Builder, environment: Environment
) -> None:
    done = made(name, builder, environment)
    found = held(builder.engine, done.reference)
    assert found
    assert found.user == image(name).user
    assert found.built

    said = ran(builder, done.reference, VERSION.get(name, "--version"))
    assert done.version.partition("+")[0] in said
    by_path = ran(builder, done.reference, VERSION.get(name, "--version"), entrypoint=[image(name).command])
    assert by_path.splitlines()[0].split("time=")[0] == said.splitlines()[0].split("time=")[0]


def test_labels_say_what_it_is_and_no_secret_or_time(builder: Builder, environment: Environment) -> None:
    done = made("pushgateway", builder, environment)
    found = builder.engine.images.get(done.reference).attrs
    labels = found["Config"]["Labels"]

    assert labels["monitoring.built"] == "1"
    assert labels["org.opencontainers.image.title"] == "pushgateway"
    assert labels["org.opencontainers.image.version"] == done.version
    assert labels["org.opencontainers.image.source"] == "https://github.com/prometheus/pushgateway"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert found["Created"].startswith("1970-01-01")


def test_what_is_there_is_left_and_what_was_removed_comes_back_the_same(
    builder: Builder, environment: Environment
) -> None:
    first = made("node_exporter", builder, environment)
    before = held(builder.engine, first.reference)
    again = made("node_exporter", builder, environment)
    builder.engine.images.remove(first.reference, force=True)
    anew = made("node_exporter", builder, environment)

    assert before
    assert not again.fresh
    assert anew.fresh
    assert held(builder.engine, first.reference) == before


def test_another_image_under_the_same_name_is_replaced(builder: Builder, environment: Environment) -> None:
    done = made("pushgateway", builder, environment)
    other = made("node_exporter", builder, environment)
    builder.engine.images.get(other.reference).tag(done.reference)

    assert made("pushgateway", builder, environment).fresh
    assert "pushgateway" in ran(builder, done.reference, "--version")


def test_alertmanager_finds_its_templates(builder: Builder, environment: Environment) -> None:
    done = made("alertmanager", builder, environment)
    flags = ["--config.file=/monitoring/a.yml", "--storage.path=/tmp/data", "--cluster.listen-address="]
    container = builder.engine.containers.create(done.reference, flags, network_mode="none")
    try:
        container.put_archive(
            "/monitoring", packed("a.yml", b"route: {receiver: a}\nreceivers: [{name: a}]\n")
        )
        container.start()
        # Without them it ends: "failed to parse templates".
        assert until(lambda: b"Listening on" in container.logs(), 20), container.logs()
    finally:
        container.remove(force=True)


def test_our_own_programs_run_with_all_that_they_import(builder: Builder, built: Environment) -> None:
    done = builder.own(built)
    told = json.loads(ran(builder, done.reference, "-c", PROBE))

    assert done.reference == images.own_reference()
    assert told | {"authorities": 0, "version": 0, "compiled": 0} == {
        "uid": 65534,
        "version": 0,
        "libyaml": True,
        "authorities": 0,
        "wrote": False,
        "zone": True,
        "ours": True,
        "compiled": 0,
        "timed": 0,  # Python would compare it with a source whose time is another, and compile at each start
    }
    assert told["compiled"] > 500
    assert told["authorities"] > 50
    assert told["version"] >= [3, 11]
    for name in ("sink", "resource_exporter", "command_center"):
        assert f"usage: {name}" in ran(builder, done.reference, "-m", f"stack.exporters.{name}", "--help")


def test_another_line_of_our_code_is_another_image(
    builder: Builder, built: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = builder.own(built)
    code = own_code()
    other = Tree({**code.files, "stack/errors.py": code.files["stack/errors.py"] + b"\n# one more line\n"})
    for module in ("stack.images", "stack.imaging.building"):
        monkeypatch.setattr(f"{module}.own_code", lambda: other)
    second = builder.own(built)

    assert second.fresh
    assert second.reference != first.reference
    assert not builder.own(built).fresh
    assert own.foreign(other) == own.foreign(code)


def test_images_come_back_from_one_file(builder: Builder, environment: Environment, tmp_path: Path) -> None:
    names = [made(name, builder, environment).reference for name in ("node_exporter", "pushgateway")]
    before = [held(builder.engine, name) for name in names]
    file = tmp_path / "images.tar"
    told: list[int] = []
    digest = carry_out(builder.engine, names, file, lambda done, _: told.append(done))
    for name in names:
        builder.engine.images.remove(name, force=True)
    assert [held(builder.engine, name) for name in names] == [None, None]

    assert list_file(file).read_text() == f"{digest}  images.tar\n"
    assert told[-1] == file.stat().st_size
    assert carry_in(builder.engine, file, lambda *_: None) == tuple(sorted(names))
    assert [held(builder.engine, name) for name in names] == before


def test_an_image_that_the_engine_lacks_leaves_no_file(builder: Builder, tmp_path: Path) -> None:
    file = tmp_path / "images.tar"
    file.write_bytes(b"older")

    with pytest.raises(EngineRefused, match="cannot save 1 image"):
        carry_out(builder.engine, ["imgtest-none/none:1"], file, lambda *_: None)
    assert file.read_bytes() == b"older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images.tar"]


def test_an_engine_s_own_refusal_is_told(builder: Builder) -> None:
    from stack.imaging.shelf import send

    with pytest.raises(EngineRefused, match="the Docker engine cannot load junk: "):
        send(builder.engine, iter([b"junk" * 500]), "load junk")


def test_a_program_s_version_is_in_its_label_and_the_wanted_one_in_its_name(
    builder: Builder, environment: Environment
) -> None:
    program = PROGRAMS["prometheus"]
    found = replace(binary(program, environment), version="3.5.3+other")
    done = builder.program(program, found, environment)

    assert done.reference == f"{images.OURS}/prometheus:3.5.3"
    assert done.version == "3.5.3+other"
