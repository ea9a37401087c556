"""Service level objectives as recording rules: how much failed within each window, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.duration import seconds
from stack.emit import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment, Slo

__all__ = ["HISTORY", "objectives", "slo_rules"]

QUICK = ("5m", "30m", "1h")
SLOW = ("2h", "6h", "1d", "3d")
HISTORY = "3d1h"
"""How far the recordings and the alerts on them (`rules/slo.yml`) look back at least."""

PERIOD = "30d"
"""What an objective is about."""


def objectives(environment: Environment) -> dict[str, Slo]:
    """Give the objectives of an environment, by name."""
    return {name: slo for name, slo in environment.slos.items() if slo is not None}


def slo_rules(environment: Environment) -> dict[str, bytes]:
    """Give the rule file of each objective, by its stem: `slo-<name>`.

    Its series carry the label `slo`:

    - `slo:error:ratio_rate<window>`, by `env`: the share that failed within 5m, 30m, 1h, 2h, 6h, 1d, 3d;
    - `slo:objective:ratio`: the share that has to be good;
    - `slo:error_budget:remaining_ratio`, by `env`: what is left of the share that may fail, by the mean of 30
      days or of as much as is kept; below 0 where it is overdrawn.

    Source: https://sre.google/workbook/alerting-on-slos/
    """
    return {
        f"slo-{name}": to_yaml({"groups": list(_groups(name, slo, environment))})
        for name, slo in objectives(environment).items()
    }


def _groups(name: str, slo: Slo, environment: Environment) -> Iterator[Mapping[str, Any]]:
    label = {"slo": name}
    objective = f"{slo.objective / 100:.10g}"
    goal = _rule("slo:objective:ratio", f"vector({objective})", {**label, "env": environment.name})
    kept = min(PERIOD, environment.retention, key=seconds)
    mean = f'avg_over_time(slo:error:ratio_rate5m{{slo="{name}"}}[{kept}])'
    left = _rule("slo:error_budget:remaining_ratio", f"1 - {mean} / (1 - {objective})", label)
    yield {"name": f"slo-{name}", "rules": [goal, *(_ratio(slo, window, label) for window in QUICK)]}
    # Long windows change slowly and cost most. A series may not be older than five minutes.
    slow = [*(_ratio(slo, window, label) for window in SLOW), left]
    yield {"name": f"slo-{name}-slow", "interval": "2m", "rules": slow}


def _ratio(slo: Slo, window: str, label: Mapping[str, str]) -> Mapping[str, Any]:
    """Record the share of errors; 0 where there were none to count, or nothing happened that could fail.

    No sample at all then means that what is counted is gone, which is an alert of its own.
    """
    errors, total = (
        f"sum by (env) ({counted.replace('$window', window)})" for counted in (slo.errors, slo.total)
    )
    expression = f"{errors} / ({total} > 0) or 0 * ({total} >= 0)"
    return _rule(f"slo:error:ratio_rate{window}", expression, label)


def _rule(name: str, expression: str, labels: Mapping[str, str]) -> Mapping[str, Any]:
    return {"record": name, "expr": expression, "labels": dict(labels)}
