"""Which image a program runs from: the project's own or ours, by its lock."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stack import images as module
from stack.assemble import services
from stack.environment import Environment
from stack.errors import DefinitionInvalid
from stack.images import image, images, own_code, own_reference, reference, registries
from stack.programs import Program
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMETHEUS = Program("prometheus", ("prometheus", "promtool"), "2.45")
PROGRAMS = sorted(
    {service.program.name: service.program for service in services().values() if service.program}.items()
)


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(module, "LOCK", tmp_path / "images.lock")
    images.cache_clear()
    yield tmp_path / "images.lock"
    images.cache_clear()


def environment(**sections: object) -> Environment:
    return Environment.model_validate({"name": "test", **sections})


def test_official_is_the_project_s_own_repository_in_the_pinned_version() -> None:
    assert reference(PROMETHEUS, environment()).startswith("quay.io/prometheus/prometheus:v3.")


def test_built_is_ours_in_the_same_version() -> None:
    official = reference(PROMETHEUS, environment())
    built = reference(PROMETHEUS, environment(images="built"))

    assert built == f"monitoring/prometheus:{official.rpartition(':v')[2]}"


def test_a_version_of_the_environment_s_own_is_in_both() -> None:
    other = {"versions": {"prometheus": "3.4.0"}}

    assert reference(PROMETHEUS, environment(**other)) == "quay.io/prometheus/prometheus:v3.4.0"
    assert reference(PROMETHEUS, environment(images="built", **other)) == "monitoring/prometheus:3.4.0"


def test_a_digest_counts_for_its_version_alone() -> None:
    pinned = replace(image("prometheus"), digests={"3.5.3": f"sha256:{'a' * 64}"})

    assert pinned.official("3.5.3") == f"quay.io/prometheus/prometheus:v3.5.3@sha256:{'a' * 64}"
    assert pinned.official("3.5.4") == "quay.io/prometheus/prometheus:v3.5.4"


def test_an_environment_has_the_last_word_on_registries_and_digests() -> None:
    digest = f"sha256:{'b' * 64}"
    elsewhere = {"registries": {"quay.io": "mirror:5000/quay"}, "versions": {"alertmanager": "0.33.1"}}
    pinned = {"alertmanager": {"0.33.1": digest, "0.34.0": None}}
    program = Program("alertmanager", ("alertmanager",), "0.25")

    assert reference(program, environment(**elsewhere)).startswith(
        "mirror:5000/quay/prometheus/alertmanager:"
    )
    assert reference(program, environment(digests=pinned)).endswith(f":v0.33.1@{digest}")
    free = environment(digests={"alertmanager": {"0.33.1": None}}, **elsewhere)
    assert reference(program, free) == "mirror:5000/quay/prometheus/alertmanager:v0.33.1"
    assert registries() >= {"quay.io", "docker.io"}


@pytest.mark.parametrize(("name", "program"), PROGRAMS)
def test_every_program_of_a_service_has_an_image_that_starts_it_as_somebody_else_than_root(
    name: str, program: Program
) -> None:
    found = image(name)
    uid, _, gid = found.user.partition(":")

    assert reference(program, environment()).partition("@")[0].count(":") == 1
    assert found.command.rpartition("/")[2] == program.executables[0]
    assert uid.isdecimal()
    assert gid.isdecimal()
    assert uid != "0"
    assert found.source.startswith("https://")


def test_a_program_without_an_image_is_named() -> None:
    with pytest.raises(DefinitionInvalid, match=r"^stack/images.lock: has no image of nothing$"):
        reference(Program("nothing", ("nothing",), "1"), environment(versions={"nothing": "1"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\nrepository = 'x'\ntag = '1'\n", "missing 4 required positional arguments"),
        ("[a]\ncolour = 'red'\n", "unexpected keyword argument 'colour'"),
        ("[a\n", "Expected"),
    ],
)
def test_a_mistake_in_the_lock_is_one_line(lock: Path, text: str, said: str) -> None:
    lock.write_text(text)
    with pytest.raises(DefinitionInvalid, match=said) as raised:
        images()
    assert "\n" not in str(raised.value)


def test_our_own_image_is_named_by_the_code_that_runs_in_it_and_how_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, code = own_reference(), own_code()
    assert re.fullmatch(r"monitoring/own:[0-9a-f]{12}", name)
    assert {path.rpartition(".")[2] for path in code.files} == {"py"}
    assert "stack/services/node.py" not in code.files

    monkeypatch.setattr(module, "own_code", lambda: Tree({**code.files, "stack/emit.py": b"# another"}))
    assert own_reference() != name
