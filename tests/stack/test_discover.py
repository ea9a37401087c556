"""A folder is a list of definitions, and a file that defines the wrong thing is named."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from stack.discover import definitions, stems
from stack.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "lab_definitions" / "things"
    folder.mkdir(parents=True)
    for init in (folder.parent, folder):
        (init / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("lab_definitions")]:
        del sys.modules[name]


NAME = "lab_definitions.things"


def test_definitions_are_sorted_by_file_and_private_files_are_passed_over(package: Path) -> None:
    for stem, text in {"b": "THING = 2", "a": "THING = 1", "_helper": "1 / 0"}.items():
        (package / f"{stem}.py").write_text(text)
    (package / "c.txt").write_text("THING = 3")
    (package / "folder").mkdir()

    assert list(definitions(NAME, "THING", int).items()) == [("a", 1), ("b", 2)]


def test_names_are_given_without_importing_anything(package: Path) -> None:
    (package / "a.py").write_text("1 / 0")

    assert stems(NAME) == ("a",)


@pytest.mark.parametrize(
    ("text", "found"), [("", "NoneType"), ("THING = '1'", "str"), ("THING = None", "NoneType")]
)
def test_a_file_that_defines_the_wrong_thing_is_named(text: str, found: str, package: Path) -> None:
    (package / "odd.py").write_text(text)

    with pytest.raises(DefinitionInvalid) as caught:
        definitions(NAME, "THING", int)
    assert str(caught.value) == (f"lab_definitions/things/odd.py: must define THING: int, found {found}")


def test_a_bug_in_a_definition_keeps_its_traceback(package: Path) -> None:
    (package / "odd.py").write_text("1 / 0")

    with pytest.raises(ZeroDivisionError):
        definitions(NAME, "THING", int)


def test_an_empty_folder_has_no_definitions(package: Path) -> None:
    assert definitions(NAME, "THING", int) == {}
