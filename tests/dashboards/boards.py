"""Every dashboard of this repository, whether or not an environment watches what it is about."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.assemble import assemble
from stack.dashboards.panels import panels
from stack.dashboards.reading import dashboards_in
from stack.discover import stems
from stack.layers import environments
from stack.load import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.dashboards.panels import Panel
    from stack.dashboards.reading import Dashboard
    from stack.environment import Environment

__all__ = ["ENVIRONMENTS", "ROOT", "STEMS", "board", "board_with", "deployed", "environment", "shown"]

ROOT = Path(__file__).parents[2]
STEMS = stems("dashboards")
OTHER = "other values"
ENVIRONMENTS = (*environments(), OTHER)
"""The shipped ones, and one in which every threshold is another."""


@cache
def environment(name: str) -> Environment:
    """Load a shipped environment, or the one with other values."""
    if name != OTHER:
        return load(name).environment
    values = load("local").environment.values.items()
    changed = [f"values.{key}={value + 1}" for key, value in values if isinstance(value, int | float)]
    return load("local", overrides=changed).environment


@cache
def board(stem: str, name: str = "prod") -> Dashboard:
    """Give one dashboard, with an environment's values."""
    return board_with(environment(name).values, stem)


def board_with(values: Mapping[str, Any], stem: str) -> Dashboard:
    """Give one dashboard, with any values."""
    made = dashboards_in((ROOT,), values)[stem]
    assert made.fault == ""
    return made


def shown(model: Mapping[str, Any]) -> list[Panel]:
    """Give the panels of a model that are no rows."""
    return [panel for panel in panels(model) if panel.kind != "row"]


def deployed(name: str) -> Mapping[str, Dashboard]:
    """Give the dashboards that an environment has."""
    return assemble(environment(name), root=ROOT).dashboards
