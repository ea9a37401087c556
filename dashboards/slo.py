"""Objectives: what is left of each error budget, and how fast it burns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._fixed import BURN_RATES
from dashboards._kit import board, choice, finished
from dashboards._limits import pages, warns
from dashboards._panels import figure, firing_now, graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values
    from dashboards._limits import Limit

__all__ = ["dashboard"]

WHERE = 'env=~"$env", slo=~"$slo"'
OBJECTIVE = 'max by (slo) (slo:objective:ratio{slo=~"$slo"})'
"""Of whichever environment: one Prometheus may watch an objective in several."""


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "How much may still fail this month, and how fast is that being used up?"
    builder = (
        board("slo", "Objectives", question, alerts="Slo.+", hours=24)
        .with_variable(choice("env", "Environment", "slo:error:ratio_rate5m"))
        .with_variable(choice("slo", "Objective", "slo:objective:ratio"))
    )
    rows = {"Budgets": _budgets(values), "How fast they burn": _burning(values), "Errors": _errors(values)}
    return finished(builder, rows)


def _budgets(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Slo.+", "objectives")
    yield figure(
        "Budget left",
        "Of what may fail in 30 days, by the mean of as much as is kept. Below 0 the objective is missed.",
        {"{{env}} {{slo}}": f"100 * slo:error_budget:remaining_ratio{{{WHERE}}}"},
        "percent",
        width=8,
    )
    yield figure(
        "Objective",
        "The share that has to be good.",
        {"{{slo}}": f"100 * max by (slo) (slo:objective:ratio{{{WHERE}}})"},
        "percent",
    )
    yield figure(
        "Failed in the last hour",
        "The share of the last hour that was bad.",
        {"{{env}} {{slo}}": f"100 * slo:error:ratio_rate1h{{{WHERE}}}"},
        "percent",
        warns(values, "SloWithoutData"),
        width=8,
    )


def _burning(values: Values) -> Iterator[Builder[Panel]]:
    for long, short, limit in (
        ("1h", "5m", pages(values, "SloBudgetGoneIn2Days", over=BURN_RATES["1h"])),
        ("6h", "30m", pages(values, "SloBudgetGoneIn5Days", over=BURN_RATES["6h"])),
        ("1d", "2h", warns(values, "SloBudgetGoneIn10Days", over=BURN_RATES["1d"])),
        ("3d", "6h", warns(values, "SloBudgetGoneIn30Days", over=BURN_RATES["3d"])),
    ):
        yield _burn(long, short, limit)


def _burn(long: str, short: str, limit: Limit) -> Builder[Panel]:
    """Draw the rate over two windows; the alert fires where both are beyond its limit."""
    return graph(
        f"Burn rate over {long}",
        f"1 uses the budget up in a month. It matters where {long} say so, and goes on where {short} do.",
        {f"{{{{env}}}} {{{{slo}}}} {window}": _rate(window) for window in (long, short)},
        "short",
        limit,
    )


def _rate(window: str) -> str:
    return f"slo:error:ratio_rate{window}{{{WHERE}}} / on (slo) group_left () (1 - {OBJECTIVE})"


def _errors(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Errors",
        "The share that failed within five minutes and within a day.",
        {f"{{{{env}}}} {{{{slo}}}} {w}": f"100 * slo:error:ratio_rate{w}{{{WHERE}}}" for w in ("5m", "1d")},
        "percent",
        warns(values, "SloWithoutData"),
    )
    yield graph(
        "Budget left over time",
        "Of what may fail in 30 days. It grows where what was bad falls out of the 30 days.",
        {"{{env}} {{slo}}": f"100 * slo:error_budget:remaining_ratio{{{WHERE}}}"},
        "percent",
    )
