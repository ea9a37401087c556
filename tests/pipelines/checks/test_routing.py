"""The shipped routing tests pass, turn red when a route or an inhibition changes, and are asked but once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.checks import alertmanager_live, amtool_routes, group_env, routing_tests, unrouted
from pipelines.checks.alert_latency import CHECK as LATENCY
from pipelines.core.check import ALERTMANAGER, Check, Inspection
from pipelines.core.memory import Memory
from stack.assemble import assemble
from stack.clients.amtool import Amtool
from stack.discover import definitions
from stack.emit import from_yaml, to_yaml
from stack.layers import environments
from stack.load import load
from stack.rehearsal import rehearse
from stack.rendering import render_tree
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "checks"
OF_ROUTES = [
    *("alert_latency", "alertmanager_live", "amtool_routes", "group_env", "inhibition", "receivers"),
    *("route_order", "route_timing", "routing_tests", "routing_times", "unrouted"),
]


def shipped(
    name: str, folder: Path, tools: Mapping[str, Path], change: Callable[[Any], object] = lambda _: None
) -> Inspection:
    """Give a shipped environment as it is rendered, its Alertmanager's configuration changed."""
    stack = assemble(load(name).environment, root=ROOT)
    files = dict(render_tree(stack, {})[1].files)
    document = from_yaml(files[ALERTMANAGER])
    change(document)
    tree = Tree({**files, ALERTMANAGER: to_yaml(document)})
    shutil.rmtree(folder / "current", ignore_errors=True)
    tree.below("alertmanager").write(folder / "current")
    return Inspection(stack, tree, folder, tools, ROOT, Memory(folder / "passed"))


@pytest.mark.integration
@pytest.mark.parametrize("name", environments())
def test_every_shipped_environment_tells_whom_its_tests_say(
    name: str, tmp_path: Path, tools: Mapping[str, Path]
) -> None:
    seen, checks = shipped(name, tmp_path, tools), definitions("pipelines.checks", "CHECK", Check)

    assert [problem.line() for check in OF_ROUTES for problem in checks[check].run(seen)] == []


def test_there_are_routing_tests_for_just_the_environments_that_there_are() -> None:
    files = {path.stem for path in (ROOT / "rules" / "tests" / "routing").iterdir()}

    assert files == set(environments())


def drop(*keys: str | int) -> Callable[[Any], object]:
    """Give what takes a value out of a document."""

    def change(document: Any) -> object:
        for key in keys[:-1]:
            document = document[key]
        return document.pop(keys[-1])

    return change


def swap(document: Any) -> None:
    routes = document["route"]["routes"]
    routes[1], routes[2] = routes[2], routes[1]


def catch_all(document: Any) -> None:
    document["route"]["routes"].insert(1, {"receiver": "automation"})


RED: dict[str, tuple[Callable[[Any], object], Check]] = {
    "no continue": (drop("route", "routes", 1, "continue"), amtool_routes.CHECK),
    "another order": (swap, amtool_routes.CHECK),
    "a catch-all in front": (catch_all, amtool_routes.CHECK),
    "no route for information": (drop("route", "routes", 3), amtool_routes.CHECK),
    "the watchdog wakes somebody": (drop("route", "routes", 0), amtool_routes.CHECK),
    "another environment's wakes somebody": (drop("route", "routes", 1, "matchers", 0), amtool_routes.CHECK),
    "everything wakes somebody": (drop("route", "routes", 1, "matchers", 1), amtool_routes.CHECK),
    "groups without service": (drop("route", "group_by", 2), alertmanager_live.CHECK),
    "groups without env": (drop("route", "group_by", 1), group_env.CHECK),
    "beats of all releases together": (drop("route", "routes", 0, "group_by", 2), alertmanager_live.CHECK),
    **{
        f"without inhibition {index}": (drop("inhibit_rules", index), alertmanager_live.CHECK)
        for index in (0, 2, 3)
    },
    **{
        f"inhibition {index} for any {position}": (
            drop("inhibit_rules", index, "equal", position),
            alertmanager_live.CHECK,
        )
        for index, position in ((0, 0), (0, 1), (3, 0), (3, 1))
    },
    "a page without a service keeps the rest back": (
        lambda document: [rule.update(_without_service(rule)) for rule in document["inhibit_rules"]],
        alertmanager_live.CHECK,
    ),
    "a receiver that is gone": (drop("receivers", 2), routing_tests.CHECK),
    "alerts fall through": (drop("route", "routes", 3), unrouted.CHECK),
    "the default interval": (drop("route", "group_interval"), LATENCY),
}


def _without_service(rule: Mapping[str, Any]) -> dict[str, Any]:
    sides = ("source_matchers", "target_matchers")
    return {side: [one for one in rule[side] if "service" not in one] for side in sides}


@pytest.mark.integration
@pytest.mark.parametrize("change", RED)
def test_a_change_of_who_is_told_turns_a_check_red(
    change: str, tmp_path: Path, tools: Mapping[str, Path]
) -> None:
    spoil, check = RED[change]

    assert list(check.run(shipped("prod", tmp_path, tools, spoil)))


@pytest.mark.integration
def test_what_passed_is_not_asked_again_until_something_it_rests_on_changes(
    tmp_path: Path, tools: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for check in (amtool_routes.CHECK, alertmanager_live.CHECK):
        assert list(check.run(shipped("prod", tmp_path, tools))) == []
    asked: list[str] = []
    monkeypatch.setattr(Amtool, "misrouted", lambda *_: asked.append("amtool") or ())  # type: ignore[func-returns-value]
    monkeypatch.setattr(alertmanager_live, "rehearse", lambda *_: asked.append("alertmanager") or ())  # type: ignore[func-returns-value]
    for change in (lambda _: None, drop("receivers", 0, "webhook_configs")):
        for check in (amtool_routes.CHECK, alertmanager_live.CHECK):
            list(check.run(shipped("prod", tmp_path, tools, change)))

    # Who a receiver tells is amtool's to read as well, and nothing to the routes that are rehearsed.
    assert set(asked) == {"amtool"}
    list(alertmanager_live.CHECK.run(shipped("prod", tmp_path, tools, drop("inhibit_rules", 0))))
    assert asked[-1] == "alertmanager"


@pytest.mark.integration
def test_what_failed_is_asked_again(tmp_path: Path, tools: Mapping[str, Path]) -> None:
    for change, check in (RED["another order"], RED["groups without service"]):
        found = [list(check.run(shipped("prod", tmp_path, tools, change))) for _ in range(2)]
        assert found[0] == found[1] != []


@pytest.mark.integration
def test_an_alertmanager_that_disagrees_about_now_is_told(
    inspect: Callable[..., Inspection], tools: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = from_yaml((CASES / "alertmanager_live" / "silent_as_told.yaml").read_text())
    seen = inspect(case, tools)
    monkeypatch.setattr(alertmanager_live, "is_mute", lambda *_: False)
    first, second = alertmanager_live.CHECK.run(seen)

    assert first.summary.endswith("the real one mutes team, our own reading nobody")
    assert second.where.endswith("times.1")


@pytest.mark.integration
def test_an_older_alertmanager_does_not_say_who_is_mute_and_is_believed(
    inspect: Callable[..., Inspection], tools: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = from_yaml((CASES / "alertmanager_live" / "silent_as_told.yaml").read_text())
    monkeypatch.setattr(alertmanager_live, "is_mute", lambda *_: False)
    monkeypatch.setattr(
        alertmanager_live, "rehearse", lambda *given: [replace(told, muted=None) for told in rehearse(*given)]
    )

    assert list(alertmanager_live.CHECK.run(inspect(case, tools))) == []


@pytest.mark.integration
def test_where_our_own_reading_knows_no_zone_the_real_one_is_believed(
    inspect: Callable[..., Inspection], tools: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise ValueError

    case = from_yaml((CASES / "alertmanager_live" / "silent_as_told.yaml").read_text())
    monkeypatch.setattr(alertmanager_live, "is_mute", refuse)

    assert list(alertmanager_live.CHECK.run(inspect(case, tools))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("groups: [{name: a, rules: [{alert: Down, expr: up}, {record: a, expr: up}]}]", []),
        ('groups: [{name: "${{ env.values.nope }}"}]', ["no rule sends an alert 'Down'"]),
        ("groups: [", ["no rule sends an alert 'Down'"]),
    ],
)
def test_alerts_of_what_is_not_watched_here_are_known_where_they_can_be_read(
    text: str, found: list[str], inspect: Callable[..., Inspection], tmp_path: Path
) -> None:
    routing = {"routes": [{"name": "a", "labels": {"alertname": "Down"}, "receivers": ["team"]}]}
    seen = inspect({"rules": {}, "routing": routing})
    idle = tmp_path / "idle.yml"
    idle.write_text(text)
    asked = replace(seen, stack=replace(seen.stack, idle_rules={"idle": idle}))

    assert [problem.summary for problem in routing_tests.CHECK.run(asked)] == found
