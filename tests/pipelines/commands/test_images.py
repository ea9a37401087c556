"""The verbs on images, with a real engine and small images of this test's own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.images import build, export, pull
from pipelines.commands.images import list as listing
from pipelines.commands.images._wanted import wanted
from pipelines.core.toolbox import Toolbox
from stack import images
from stack.binaries import resolve
from stack.discover import stems
from stack.errors import BinaryMissing, EngineUnreachable, Refused
from tests.engine import names_in
from tests.pipelines.core.doubles import effects
from tests.programs import CACHE
from tests.registry import random_image, registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from docker import DockerClient

    from pipelines.core.effects import Effects

pytestmark = pytest.mark.integration

BARE = (
    "disable.services=[alertmanager, blackbox, gate, grafana, node, prometheus, proxy, resources, sink]",
    "services.pushgateway=true",
)
"""An environment that runs one small program of others, and our own."""


def importing() -> ModuleType:
    from importlib import import_module

    return import_module("pipelines.commands.images.import")


@pytest.fixture
def ours(engine: DockerClient, repository: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Name our images apart from everybody else's on the engine."""
    name = f"{repository}-verbs"
    monkeypatch.setattr(images, "OURS", name)
    yield name
    for tag in names_in(engine, name):
        engine.images.remove(tag, force=True)


def doors(folder: Path, *overrides: str, built: bool = True, json: bool = False, **values: Any) -> Effects:
    """Give the effects of a run over `dev`, which find programs in the tests' cache."""
    made = effects(folder / "var", json=json)
    (folder / "var").mkdir(exist_ok=True)
    if not (folder / "var/cache").exists():
        (folder / "var/cache").symlink_to(CACHE)
    chosen = ("images=built",) if built else ()
    options = replace(made.options, environment="dev", overrides=(*BARE, *chosen, *overrides), values=values)

    def find(programs: Any, environment: Any) -> Any:
        return resolve(tuple(programs), environment, CACHE, tell=lambda _: None, progress=lambda *_: None)

    return replace(made, options=options, toolbox=Toolbox(find, lambda line: made.console.item("!", line)))


def test_every_verb_is_a_file() -> None:
    assert stems("pipelines.commands.images") == ("build", "export", "import", "list", "pull")


def test_a_stack_with_a_clock_of_its_own_wants_the_image_of_the_pipelines(tmp_path: Path) -> None:
    bare, timed = doors(tmp_path), doors(tmp_path, "backup.schedule=17 2 * * *")

    assert [one.name for one in wanted(bare)[1]] == ["own", "pushgateway"]
    assert [one.name for one in wanted(timed)[1]] == ["own", "pipelines", "pushgateway"]


def test_images_are_built_listed_carried_away_and_back(
    engine: DockerClient, ours: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listing.run(doors(tmp_path)) == 1
    assert "2 image(s) missing; next: invoke images.build --env dev" in capsys.readouterr().out

    assert build.run(doors(tmp_path)) == 0
    out = capsys.readouterr().out
    assert f"✓ {ours}/pushgateway:" in out
    assert "2 image(s) built, 0 there already" in out.splitlines()[-1]
    assert build.run(doors(tmp_path)) == 0
    assert "0 image(s) built, 2 there already" in capsys.readouterr().out.splitlines()[-1]

    assert listing.run(doors(tmp_path, json=True)) == 0
    own, pushgateway = json.loads(capsys.readouterr().out)
    assert (own["name"], own["from"], own["user"], own["there"]) == ("own", "built", "65534:65534", True)
    assert pushgateway["reference"].startswith(f"{ours}/pushgateway:")

    file = tmp_path / "away/images.tar"
    assert export.run(doors(tmp_path, file=str(file))) == 0
    assert "2 image(s), " in capsys.readouterr().out.splitlines()[-1]
    for name in (own["reference"], pushgateway["reference"]):
        engine.images.remove(name, force=True)
    assert importing().run(doors(tmp_path, file=str(file))) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "2 image(s) loaded from images.tar; dev has all it wants"
    )
    assert listing.run(doors(tmp_path)) == 0


def test_a_pinned_image_is_pulled_once_carried_away_and_back(
    engine: DockerClient, ours: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build.run(doors(tmp_path))
    with registry(tmp_path / "registry") as made:
        with random_image(tmp_path) as image:
            digest = made.push(image, "prometheus/pushgateway:v1.11.2")
        there = (
            f"registries={{quay.io: '{made.host}'}}",
            f"digests={{pushgateway: {{'1.11.2': '{digest}'}}}}",
        )
        assert listing.run(doors(tmp_path, *there, built=False)) == 1
        assert "1 image(s) missing; next: invoke images.pull --env dev" in capsys.readouterr().out
        assert pull.run(doors(tmp_path, *there, built=False)) == 0
        assert "1 image(s) pulled, 0 there already" in capsys.readouterr().out.splitlines()[-1]
        asked = made.asked()
        assert pull.run(doors(tmp_path, *there, built=False)) == 0
        assert made.asked() == asked

        file = tmp_path / "images.tar"
        assert export.run(doors(tmp_path, *there, built=False, file=str(file))) == 0
        name = f"{made.host}/prometheus/pushgateway"
        engine.images.remove(f"{name}:v1.11.2", force=True)
        assert listing.run(doors(tmp_path, *there, built=False)) == 1
        assert importing().run(doors(tmp_path, *there, built=False, file=str(file))) == 0
        assert capsys.readouterr().out.splitlines()[-1].endswith("dev has all it wants")
    with pytest.raises(Refused, match="dev runs images that are built here; no registry has them"):
        pull.run(doors(tmp_path))


def test_of_a_damaged_file_nothing_is_loaded(engine: DockerClient, ours: str, tmp_path: Path) -> None:
    build.run(doors(tmp_path, names="pushgateway"))
    (name,) = names_in(engine, ours)
    file = tmp_path / "images.tar"
    from stack.imaging.carrying import carry_out, list_file

    carry_out(engine, [name], file, lambda *_: None)
    engine.images.remove(name, force=True)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)

    with pytest.raises(Refused, match=r"images.tar has SHA-256 [0-9a-f]{64}, but images.tar.sha256 says"):
        importing().run(doors(tmp_path, file=str(file)))
    list_file(file).unlink()
    with pytest.raises(Refused, match=r"is damaged or no archive of images: .*is not what its digest says"):
        importing().run(doors(tmp_path, file=str(file)))
    file.write_bytes(bytes(data[: len(data) // 2]))
    with pytest.raises(Refused, match="is damaged or no archive of images"):
        importing().run(doors(tmp_path, file=str(file)))
    assert engine.images.list(filters={"reference": f"{ours}/*"}) == []


def test_a_full_disk_keeps_the_file_that_was_there(
    ours: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.run(doors(tmp_path))
    file = tmp_path / "images.tar"
    file.write_bytes(b"older")
    monkeypatch.setattr("stack.imaging.carrying.os.fsync", _full)

    with pytest.raises(OSError, match="No space left"):
        export.run(doors(tmp_path, file=str(file)))
    assert file.read_bytes() == b"older"
    assert not [path for path in tmp_path.iterdir() if "partial" in path.name]


def _full(_: int) -> None:
    import errno
    import os

    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_bad_words_are_one_line_each(ours: str, tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match="the environment runs no image 'pushgatway'; there are own, pushgateway"
    ):
        build.run(doors(tmp_path, names="own, pushgatway"))
    with pytest.raises(Refused, match=r"pushgateway runs from quay.io/prometheus/pushgateway:v\S+ in dev"):
        build.run(doors(tmp_path, built=False, names="pushgateway"))
    with pytest.raises(Refused, match=r"images\.export needs a file to write"):
        export.run(doors(tmp_path))
    with pytest.raises(Refused, match=f"{tmp_path} is a folder"):
        export.run(doors(tmp_path, file=str(tmp_path)))
    with pytest.raises(Refused, match=r"there is no file /nowhere/x\.tar"):
        importing().run(doors(tmp_path, file="/nowhere/x.tar"))
    with pytest.raises(Refused, match=f"the engine has no image {ours}/own:"):
        export.run(doors(tmp_path, file=str(tmp_path / "x.tar")))


def test_what_no_source_has_is_left_out_where_that_is_allowed_and_refused_elsewhere(
    ours: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grafana = ("disable.services=[alertmanager, blackbox, node, prometheus, resources, sink]",)
    nowhere = (*grafana, "binaries.sources=[debian]")

    assert build.run(doors(tmp_path, *nowhere, "require_all=false", names="pushgateway")) == 0
    assert "going on without grafana: no source has grafana" in capsys.readouterr().out
    with pytest.raises(BinaryMissing, match="no source has grafana"):
        build.run(doors(tmp_path, *nowhere, "require_all=true"))
    assert "✓" not in capsys.readouterr().out


def test_without_an_engine_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    for verb in (build, listing, importing(), export, pull):
        with pytest.raises(EngineUnreachable, match=r"no Docker engine answers at tcp://127\.0\.0\.1:9"):
            verb.run(doors(tmp_path, file=str(Path(__file__))))
