"""What a lasting check may look at is all in its digest: a change of any of it has the check run again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.check import Inspection
from pipelines.core.inputs import inputs
from stack.tree import Tree
from tests.pipelines.core.doubles import release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = ("promtool", "idle.yml", "idle_test.yml", "metrics.yaml", "routing.yml")


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., str]:
    """Give what digests one inspection, of an environment with other settings where one asks for them."""
    at = {name: tmp_path / name for name in FILES}
    for path in at.values():
        path.write_text("as it was\n")

    def digest(files: dict[str, bytes] | None = None, **settings: Any) -> str:
        made = release(**settings)
        stack = replace(
            made.stack,
            idle_rules={"idle": at["idle.yml"]},
            rule_tests={"idle_test": at["idle_test.yml"]},
            metrics={"idle": (at["metrics.yaml"],)},
            routing_tests=at["routing.yml"],
        )
        tree = Tree({**made.tree.files, **(files or {})})
        return inputs(Inspection(stack, tree, tmp_path, {"promtool": at["promtool"]}, tmp_path))

    return digest


def test_the_same_gives_the_same(look: Callable[..., str]) -> None:
    assert look() == look()


@pytest.mark.parametrize("name", FILES)
def test_another_file_gives_another(look: Callable[..., str], tmp_path: Path, name: str) -> None:
    before = look()
    (tmp_path / name).write_text("as it is now\n")

    assert look() != before


def test_another_rendered_file_gives_another(look: Callable[..., str]) -> None:
    assert look({"prometheus/rules/a.yml": b"groups: []"}) != look({"prometheus/rules/a.yml": b"groups: [ ]"})
    assert look({"prometheus/rules/a.yml": b""}) != look({"prometheus/rules/b.yml": b""})


def test_another_setting_gives_another_even_where_no_file_shows_it(look: Callable[..., str]) -> None:
    assert look(disable={"rules": ["node"]}) != look()


def test_a_tool_that_is_gone_is_told_by_whoever_needs_it(look: Callable[..., str], tmp_path: Path) -> None:
    before = look()
    (tmp_path / "promtool").unlink()

    assert look() != before


def test_other_code_gives_another(
    look: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = look()
    monkeypatch.setattr("pipelines.core.inputs.CODE", (tmp_path,))
    (tmp_path / "check.py").write_text("")

    assert look() != before


@pytest.mark.parametrize("name", ["json/overview.json", "environments/base.yaml", "check.py"])
def test_what_the_shipped_dashboards_are_held_against_is_part_of_the_code(
    look: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("pipelines.core.inputs.CODE", (tmp_path / "code",))
    before, file = look(), tmp_path / "code" / name
    file.parent.mkdir(parents=True)
    file.write_text("a")
    added = look()
    file.write_text("ab")

    assert len({before, added, look()}) == 3
