"""A release is named by its content, and the watchdog's alert by the release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stack.emit import from_yaml
from stack.environment import Environment
from stack.errors import DefinitionInvalid
from stack.references import RELEASE
from stack.rendering import ENVIRONMENT, render_tree
from stack.runtimes.process_table import process_table
from stack.tree import Tree
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
groups:
  - name: watchdog
    rules:
      - {alert: Watchdog, expr: up == 1, labels: {release: "${{ release }}"}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watchdog.yml").write_text(RULE)
    return tmp_path


def rendered(root: Path, **sections: Any) -> tuple[str, Tree]:
    made = stack(root=root, **sections)
    return render_tree(made, process_table(made))


def test_the_same_stack_gives_the_same_bytes_and_the_same_name(root: Path) -> None:
    assert rendered(root) == rendered(root)


@pytest.mark.parametrize(
    "sections",
    [{"retention": "16d"}, {"values": {"a": 1}}, {"ports": {"node": 1}}, {"gates": {"site": "error"}}],
)
def test_whatever_differs_gives_another_name(root: Path, sections: dict[str, Any]) -> None:
    assert rendered(root, **sections)[0] != rendered(root)[0]


def test_a_changed_rule_gives_another_name(root: Path) -> None:
    before = rendered(root)[0]
    (root / "rules" / "watchdog.yml").write_text(RULE.replace("up == 1", "up == 2"))

    assert rendered(root)[0] != before


def test_the_watchdog_s_alert_carries_the_name_that_its_own_file_is_part_of(root: Path) -> None:
    name, tree = rendered(root)
    rules = from_yaml(tree.files["prometheus/rules/watchdog.yml"])

    assert rules["groups"][0]["rules"][0]["labels"] == {"release": name}
    assert not any(RELEASE.encode() in data for data in tree.files.values())
    named = {path: data.replace(name.encode(), RELEASE.encode()) for path, data in tree.files.items()}
    assert Tree(named).digest == name


def test_every_service_has_its_files_below_its_name_and_the_runtime_its_own(root: Path) -> None:
    _, tree = rendered(root)
    made = stack(root=root)

    expected = {f"{name}/{path}" for name, service in made.services.items() for path in service.files(made)}
    assert tree.files.keys() == {*expected, ENVIRONMENT, "runtime/processes.json"}
    assert "alertmanager/alertmanager.yml" in expected
    off = rendered(root, services={"alertmanager": False})[1]
    assert not off.below("alertmanager").files


def test_a_kept_release_tells_the_environment_that_it_was_made_from(root: Path) -> None:
    sections: dict[str, Any] = {
        "retention": "3d",
        "resources": [{"name": "db", "kind": "tcp", "address": "db:1"}],
    }
    _, tree = rendered(root, **sections)

    told = Environment.model_validate_json(tree.files[ENVIRONMENT])
    assert told == stack(root=root, **sections).environment


def test_a_value_that_the_environment_lacks_is_told_with_its_place(root: Path) -> None:
    text = RULE.replace("up == 1", "'up > ${{ env.values.cpu }}'")
    (root / "rules" / "watchdog.yml").write_text(text)

    with pytest.raises(DefinitionInvalid, match=r"^rules/watchdog\.yml:4: .*cpu"):
        rendered(root)
