"""A stack is what the environment wants of what the repository and its sites define."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack.assemble import assemble, services
from stack.environment import Environment
from stack.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.service import Stack

OWN = """\
from dataclasses import dataclass

@dataclass
class Panel:
    title: "str"

def dashboard(values):
    return {"title": Panel("%s").title}
"""


@pytest.fixture(autouse=True)
def no_dashboard_module_stays() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("dashboards."):
            del sys.modules[name]


def put(folder: Path, **files: str) -> Path:
    """Write files, their names with `__` for a slash."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        path = folder / f"{stem.replace('__', '/')}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def stack(root: Path, *sites: Path, name: str = "lab", **settings: object) -> Stack:
    environment = Environment.model_validate({"name": name, **settings})
    return assemble(environment, root=root, sites=sites)


def test_an_environment_runs_what_services_want_and_what_it_says(tmp_path: Path) -> None:
    usual = stack(tmp_path)
    assert "sink" in usual.services
    assert "command_center" not in usual.services
    assert "command_center" in usual.defined

    switches = {"command_center": True, "pushgateway": False, "node": True}
    own = stack(tmp_path, services=switches, disable={"services": ["node"]}, notifications="real")
    expected = {*usual.services, "command_center"} - {"pushgateway", "node", "sink"}
    assert set(own.services) == expected


def test_every_service_goes_by_the_name_of_its_file_and_has_a_port_of_its_own() -> None:
    defined = services()
    assert {name: service.name for name, service in defined.items()} == {name: name for name in defined}
    assert len({service.port for service in defined.values()}) == len(defined)


def test_a_port_is_that_of_the_environment_or_the_usual_one(tmp_path: Path) -> None:
    found = stack(tmp_path, ports={"grafana": 80})
    assert found.address("grafana") == "127.0.0.1:80"
    assert found.address("prometheus") == "127.0.0.1:9090"


def test_rules_and_their_tests_come_from_the_repository_and_the_sites(tmp_path: Path) -> None:
    root = put(tmp_path / "root", rules__node_yml="", rules__tests__node_test_yml="", rules__tests__x_yml="")
    site = put(tmp_path / "site", rules__shop_yml="", rules__tests__shop_test_yml="", rules__readme_md="")
    found = stack(root, site)
    assert found.rules == {"node": root / "rules/node.yml", "shop": site / "rules/shop.yml"}
    assert set(found.rule_tests) == {"node_test", "shop_test"}


def test_routing_tests_are_those_of_the_environment_and_a_site_s_come_in_place_of_the_shipped(
    tmp_path: Path,
) -> None:
    root = put(tmp_path / "root", rules__tests__routing__lab_yml="", rules__tests__routing__other_yml="")
    site = put(tmp_path / "site", rules__tests__routing__lab_yml="")
    path = "rules/tests/routing/lab.yml"

    assert stack(root).routing_tests == root / path
    assert stack(root, site).routing_tests == site / path
    assert stack(root, name="new").routing_tests is None
    with pytest.raises(DefinitionInvalid, match=r"routing/lab\.yaml: rule files end in \.yml; rename it"):
        stack(put(tmp_path / "wrong", rules__tests__routing__lab_yaml=""))


def test_a_site_that_has_a_file_for_an_environment_overlays_it(tmp_path: Path) -> None:
    site = put(tmp_path, stack__environments__lab_yaml="")

    assert stack(tmp_path, site).overlaid
    assert not stack(tmp_path, site, name="other").overlaid
    assert not stack(tmp_path).overlaid


def test_a_rule_file_that_is_left_out_takes_its_test_along(tmp_path: Path) -> None:
    root = put(tmp_path, rules__node_yml="", rules__web_yml="", rules__tests__node_test_yml="")
    found = stack(root, disable={"rules": ["node"]})
    assert (set(found.rules), found.rule_tests) == ({"web"}, {})


def test_a_site_replaces_a_shipped_rule_file_only_where_that_is_left_out(tmp_path: Path) -> None:
    files = {"rules__node_yml": "", "rules__tests__node_test_yml": ""}
    root, site = put(tmp_path / "root", **files), put(tmp_path / "site", **files)
    with pytest.raises(DefinitionInvalid) as caught:
        stack(root, site)
    assert str(caught.value) == (
        f"{site}/rules/node.yml: {root}/rules/node.yml has that name; "
        "give it another name, or leave that one out: disable.rules: [node]"
    )
    found = stack(root, site, disable={"rules": ["node"]})
    assert found.rules == {"node": site / "rules/node.yml"}
    assert found.rule_tests == {"node_test": site / "rules/tests/node_test.yml"}


def test_a_rule_file_by_another_ending_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(DefinitionInvalid, match=r"rules/node\.yaml: rule files end in \.yml; rename it"):
        stack(put(tmp_path, rules__node_yaml=""))


def test_dashboards_are_built_or_exported_and_come_from_everywhere(tmp_path: Path) -> None:
    exported = json.dumps({"title": "c"})
    root = put(tmp_path / "root", dashboards__a_py=OWN % "a", dashboards____init___py="1 / 0")
    site = put(tmp_path / "site", dashboards__b_py=OWN % "b", dashboards__c_json=exported)
    found = stack(root, site).dashboards
    assert {stem: shown.model["title"] for stem, shown in found.items()} == {"a": "a", "b": "b", "c": "c"}


def test_dashboards_are_not_even_imported_until_someone_looks(tmp_path: Path) -> None:
    root = put(tmp_path, dashboards__a_py="raise SystemExit")
    found = stack(root, services={"grafana": False}).dashboards["a"]
    assert found.name == "dashboards/a.py"
    with pytest.raises(SystemExit):
        assert found.model


def test_a_dashboard_about_a_service_without_targets_is_left_out(tmp_path: Path) -> None:
    root = put(tmp_path, dashboards__redis_py=OWN % "redis", dashboards__mine_py=OWN % "mine")
    assert set(stack(root).dashboards) == {"mine"}
    assert set(stack(root, targets={"redis": ["cache:9121"]}).dashboards) == {"mine", "redis"}


def test_a_dashboard_that_is_left_out_is_not_there(tmp_path: Path) -> None:
    root = put(tmp_path, dashboards__a_py=OWN % "a", dashboards__b_json="{}")
    assert set(stack(root, disable={"dashboards": ["a", "nope"]}).dashboards) == {"b"}


def test_the_dashboard_on_resources_is_for_an_environment_that_declares_some(tmp_path: Path) -> None:
    root = put(tmp_path, dashboards__resources_py=OWN % "resources")
    shop = {"name": "shop", "kind": "tcp", "address": "db:5432"}
    assert set(stack(root).dashboards) == set()
    assert set(stack(root, resources=[shop]).dashboards) == {"resources"}


def test_a_dashboard_says_which_of_its_panels_may_be_empty_and_why(tmp_path: Path) -> None:
    root = put(
        tmp_path,
        dashboards__a_py=OWN % "a" + "\nEMPTY = {'Backups': 'the first backup'}",
        dashboards__b_json="{}",
    )
    found = stack(root).dashboards
    assert found["a"].empty == {"Backups": "the first backup"}
    assert found["b"].empty == {}


def test_a_byte_order_mark_is_named_since_grafana_would_pass_such_a_file_over(tmp_path: Path) -> None:
    root = put(tmp_path, dashboards__a_json="\ufeff{}")
    assert stack(root).dashboards["a"].fault.startswith("is no JSON: it begins with a byte order mark")


def test_another_encoding_is_named(tmp_path: Path) -> None:
    root = put(tmp_path, dashboards__a_json="{}")
    (root / "dashboards" / "a.json").write_text("{}", encoding="utf-16")
    assert stack(root).dashboards["a"].fault.startswith("is no JSON: it is not written in UTF-8; save it")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a_py", "dashboard = {}", "must define dashboard(values), which gives the JSON model"),
        ("a_py", "def dashboard(values): return [1]", "must give a mapping, found list"),
        ("a_py", "def dashboard(values):\n    raise ValueError('span 99')", "ValueError: span 99"),
        ("a_py", "EMPTY = 1\ndef dashboard(values): return {}", "TypeError: 'int' object is not iterable"),
        ("a_py", "import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("a_py", "def", "SyntaxError: invalid syntax (a.py, line 1)"),
        (
            "a_py",
            "def dashboard(values): return {'tags': {1}}",
            "cannot be written as JSON: Object of type set is not JSON serializable",
        ),
        ("a_json", "[]", "must give a mapping, found list"),
        (
            "a_json",
            "{",
            "is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
    ],
)
def test_a_file_that_is_no_dashboard_is_named(name: str, text: str, message: str, tmp_path: Path) -> None:
    put(tmp_path, **{f"dashboards__{name}": text})
    found = stack(tmp_path).dashboards["a"]
    assert (found.fault, found.model) == (message, {})


def test_two_dashboards_of_one_name_are_refused(tmp_path: Path) -> None:
    put(tmp_path, dashboards__a_py=OWN % "a", dashboards__a_json="{}")
    with pytest.raises(DefinitionInvalid, match=r"a\.py: .*a\.json has that name; give it another"):
        stack(tmp_path)


def test_the_shipped_definitions_make_a_stack() -> None:
    root = Path(__file__).parents[2]
    found = stack(root)
    assert {path.stem for path in (root / "rules").glob("*.yml")} == {*found.rules, *found.idle_rules}
    assert set(found.rule_tests) == {path.stem for path in (root / "rules" / "tests").glob("*_test.yml")}


def test_rules_of_what_an_environment_does_not_watch_are_tested_and_not_loaded(tmp_path: Path) -> None:
    put(tmp_path, rules__docker_yml="groups: []", rules__shop_yml="groups: []", rules__slo_yml="groups: []")
    slo = {"objective": 99, "errors": "a[$window]", "total": "b[$window]"}
    (tmp_path / "rules" / "command-center.yml").write_text("groups: []")
    idle = stack(tmp_path, slos={"gone": None})
    watched = stack(tmp_path, targets={"command_center": ["center:8010"]}, slos={"shop": slo})

    assert (set(idle.rules), set(idle.idle_rules)) == ({"shop"}, {"command-center", "docker", "slo"})
    assert (set(watched.rules), set(watched.idle_rules)) == ({"command-center", "shop", "slo"}, {"docker"})
