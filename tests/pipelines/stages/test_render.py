"""Rendering makes every file of an environment, and goes on without what the machine cannot have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.toolbox import Toolbox
from pipelines.stages.render import render
from stack.errors import BinaryMissing
from stack.load import Loaded
from stack.places import Marked
from stack.rendering import render_tree
from tests.pipelines.core.doubles import effects, release

if TYPE_CHECKING:
    from pathlib import Path


def loaded(**sections: Any) -> Loaded:
    return Loaded(release("local", **sections).stack.environment, Marked({}))


def test_the_release_is_named_and_noted(tmp_path: Path) -> None:
    doors = effects(tmp_path)
    made = render.run(loaded(), doors)

    assert (made.id, made.tree) == render_tree(made.stack, doors.runtime.files(made.stack))
    assert doors.journal.facts == {"release": made.id}
    assert "grafana" in made.stack.services


def test_an_optional_service_that_no_source_has_is_left_out_and_told(tmp_path: Path) -> None:
    told: list[str] = []

    def nothing(programs: Any, environment: Any) -> Any:
        raise BinaryMissing(program="grafana", version="13", reasons="none was found")

    doors = replace(effects(tmp_path), toolbox=Toolbox(nothing, told.append))
    made = render.run(loaded(require_all=False), doors)

    assert "grafana" not in made.stack.services
    assert told == ["going on without grafana: no source has grafana 13: none was found"]
    assert not made.tree.below("grafana").files


@pytest.mark.parametrize("site", [True, False])
def test_rules_of_the_repository_and_of_a_site_are_rendered(tmp_path: Path, site: bool) -> None:
    for folder in ("root", "site"):
        (tmp_path / folder / "rules").mkdir(parents=True)
        (tmp_path / folder / "rules" / f"of_{folder}.yml").write_text("groups: []")
    doors = effects(tmp_path)
    sites = (tmp_path / "site",) if site else ()
    doors = replace(doors, root=tmp_path / "root", options=replace(doors.options, sites=sites))

    found = set(render.run(loaded(), doors).tree.below("prometheus/rules").files)
    expected = {"prometheus/rules/of_root.yml"} | ({"prometheus/rules/of_site.yml"} if site else set())
    assert found == expected
