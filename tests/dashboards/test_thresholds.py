"""A panel's colours change where its alerts fire: at the same numbers, in every environment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import promql_parser
import pytest
import yaml
from promql_parser import BinaryExpr, NumberLiteral, ParenExpr

from stack.references import render_rules
from tests.dashboards.boards import ENVIRONMENTS, ROOT, STEMS, board, environment, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr

    from stack.dashboards.panels import Panel

COLORS = {"page": "red", "warning": "orange", "info": "orange"}
ABSENCE = re.compile(r"\w+MetricsMissing|Watchdog")
"""Alerts that nothing is there, and the one that always fires: no panel can show them."""

SOME = 0.001
"""What stands for `> 0`."""


@dataclass(frozen=True)
class Alert:
    """What a rule says: the colour of its severity, and the comparisons with numbers that decide."""

    color: str
    bounds: tuple[tuple[str, float], ...]


@cache
def alerts(name: str) -> Mapping[str, Alert]:
    """Give every alert of an environment's rules, those of what it does not watch among them."""
    made = environment(name)
    files = (yaml.safe_load(render_rules(path, made)) for path in sorted((ROOT / "rules").glob("*.yml")))
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return {
        rule["alert"]: Alert(
            COLORS.get(rule["labels"]["severity"], ""), tuple(bounds(promql_parser.parse(rule["expr"])))
        )
        for rule in rules
        if "alert" in rule
    }


def bounds(tree: Expr) -> Iterator[tuple[str, float]]:
    """Yield each comparison of what an alert's value comes from with a number."""
    if isinstance(tree, ParenExpr):
        yield from bounds(tree.expr)
    elif isinstance(tree, BinaryExpr) and str(tree.op) in {"and", "unless", "or"}:
        for side in (tree.lhs, tree.rhs) if str(tree.op) == "or" else (tree.lhs,):
            yield from bounds(side)
    elif isinstance(tree, BinaryExpr) and str(tree.op) in {">", "<", "=="}:
        found = number(tree.rhs)
        yield from [(str(tree.op), found)] if found is not None else []


def number(tree: Expr) -> float | None:
    """Give a constant, or that by which a budget's rate is multiplied."""
    if isinstance(tree, NumberLiteral):
        return float(tree.val)
    if isinstance(tree, BinaryExpr) and str(tree.op) == "*":
        left, right = number(tree.lhs), number(tree.rhs)
        return left if right is None or left is None else left * right
    return None


def named(panel: Panel) -> list[str]:
    """Name the alerts that a panel says it is about."""
    said = re.search(r" Alert: (.+)\.$", str(panel.body["description"]))
    return re.findall(r"([A-Z]\w+)(?: \([^)]*\))?(?:, |$)", said[1]) if said else []


def steps(panel: Panel) -> list[tuple[float, str]]:
    """Give where each of a panel's colours begins."""
    found = panel.body["fieldConfig"]["defaults"].get("thresholds", {"steps": []})["steps"]
    return [(float("-inf") if step["value"] is None else step["value"], step["color"]) for step in found]


def color(panel: Panel, value: float) -> str:
    """Give the colour that a value has on a panel."""
    for mapping in panel.body["fieldConfig"]["defaults"].get("mappings", []):
        if f"{value:g}" in mapping["options"]:
            return str(mapping["options"][f"{value:g}"]["color"])
    return [color for at, color in steps(panel) if at <= value][-1]


def tells(panel: Panel, alert: Alert, sign: str, bound: float) -> bool:
    """Say whether a panel has an alert's colour just where the alert fires."""
    if sign == "==":
        return (color(panel, 0) == alert.color) != (color(panel, 1) == alert.color)
    near = max(abs(bound) * 0.01, 0.01)
    beyond, within = (bound + near, max(bound - near, 0)) if sign == ">" else (bound - near, bound + near)
    return color(panel, beyond) == alert.color != color(panel, within)


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("stem", STEMS)
def test_a_panel_has_the_colour_of_its_alert_just_where_that_fires(stem: str, name: str) -> None:
    for panel in shown(board(stem, name).model):
        for alert in (alerts(name)[one] for one in named(panel)):
            assert not alert.bounds or any(tells(panel, alert, *bound) for bound in alert.bounds), panel.title


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("stem", STEMS)
def test_a_panel_has_no_threshold_but_its_alerts_own(stem: str, name: str) -> None:
    for panel in shown(board(stem, name).model):
        ours = [bound for one in named(panel) for bound in alerts(name)[one].bounds]
        known = {1.0 if sign == "==" else bound or SOME for sign, bound in ours}
        known |= {0.0 for sign, bound in ours if (sign, bound) == ("<", 0)}
        known |= {SOME for sign, _ in ours if sign == "=="}  # so many are down
        known |= {1.0} if panel.title == "Alerts firing" else set()
        assert {at for at, _ in steps(panel)[1:]} <= known, panel.title


def test_every_alert_is_shown_by_a_panel() -> None:
    told = {one for stem in STEMS for panel in shown(board(stem).model) for one in named(panel)}
    assert {one for one in alerts("prod") if not ABSENCE.fullmatch(one)} - told == set()
    assert told <= set(alerts("prod"))


def test_another_value_of_the_environment_is_another_threshold() -> None:
    for stem in ("node", "postgres", "redis", "blackbox", "docker"):
        before, after = (board(stem, name).model for name in ("local", "other values"))
        moved = [
            panel.title
            for panel, other in zip(shown(before), shown(after), strict=True)
            if steps(panel) != steps(other)
        ]
        assert moved, stem
