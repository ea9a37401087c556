"""A throw-away stack for a fire drill: real programs, free ports, time that passes faster."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.alerting.servers import Servers
from pipelines.core.throwaway import throwaway
from stack.alerting.scaling import (
    scaled_alertmanager,
    scaled_duration,
    scaled_prometheus,
    scaled_rules,
)
from stack.clients.ports import free
from stack.emit import from_yaml, to_yaml
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table
from stack.runtimes.protocol import Release
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.effects import Effects
    from stack.environment import Environment

__all__ = ["RULES", "dry_release", "isolated", "sandbox", "scaled"]

NEEDED = frozenset({"alertmanager", "command_center", "prometheus", "resources", "sink"})
RULES = ("command-center", "watchdog")
LOOKBACK = "5m"
"""How long Prometheus takes an old sample for the present one, where nothing says that its series ended."""


@contextmanager
def sandbox(environment: Environment, factor: float, effects: Effects) -> Iterator[Servers]:
    """Start a throw-away stack, and leave nothing of it behind, also where the run is interrupted.

    Args:
        environment: whose rules and routes are tried.
        factor: how many times faster everything goes.
        effects: this run's; nothing of its environment's folder is touched.
    """
    release = _release(environment, factor, effects)
    with throwaway(release, Path(tempfile.gettempdir()), effects) as runtime:
        yield Servers(release, runtime)


def isolated(environment: Environment, factor: float) -> Environment:
    """Give an environment's twin that reaches nothing outside, and tells only a sink."""
    from stack.assemble import ports, services
    from stack.environment import Disabled

    defined = services()
    doors = ports(defined)
    flags = {
        "prometheus": (f"--query.lookback-delta={scaled_duration(LOOKBACK, factor)}",),
        "command_center": (f"--speed={factor:g}",),
    }
    return environment.model_copy(
        update={
            "runtime": "native",
            "notifications": "sink",
            "ports": dict(zip(doors, free(len(doors)), strict=True)),
            "services": {name: name in NEEDED for name in defined},
            "flags": flags,
            "targets": {},
            "resources": (),
            "slos": {},
            "disable": Disabled(rules=environment.disable.rules),
            "secrets": {name: "generated" for name in environment.secrets if name != "watchdog_url"},
            "prometheus": _own(environment.prometheus),
        }
    )


def _own(section: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what shapes labels and intervals; where samples and alerts go to, and come from, stays out."""
    return {key: section[key] for key in ("global",) if key in section}


def dry_release(environment: Environment, effects: Effects) -> Release:
    """Give what a throw-away stack would run if its time passed as ours does; nothing is started."""
    return _release(environment, 1.0, effects)


def _release(environment: Environment, factor: float, effects: Effects) -> Release:
    from stack.assemble import assemble  # brings pydantic along

    whole = assemble(isolated(environment, factor), root=effects.root, sites=effects.options.sites)
    rules = {stem: path for stem, path in whole.rules.items() if stem in RULES}
    stack = replace(whole, rules=rules, idle_rules={}, dashboards={})
    _, tree = render_tree(stack, process_table(stack))
    faster = scaled(tree, factor)
    return Release(faster.digest, stack, faster)


def scaled(tree: Tree, factor: float) -> Tree:
    """Give a rendered tree in which every rhythm is so many times faster."""
    return Tree({path: _scaled(path, data, factor) for path, data in tree.files.items()})


def _scaled(path: str, data: bytes, factor: float) -> bytes:
    if path == "prometheus/prometheus.yml":
        return to_yaml(scaled_prometheus(from_yaml(data), factor))
    if path == "alertmanager/alertmanager.yml":
        return to_yaml(scaled_alertmanager(from_yaml(data), factor))
    if path.startswith("prometheus/rules/"):
        return to_yaml(scaled_rules(from_yaml(data) or {}, factor))
    return data
