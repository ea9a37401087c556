"""Every dashboard of this repository passes in every environment, and a slip in any of them is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.core.check import Check, Inspection
from stack.assemble import assemble
from stack.dashboards.reading import dashboards_in
from stack.discover import definitions
from stack.layers import environments
from stack.load import load
from stack.rendering import render_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.dashboards.reading import Dashboard

ROOT = Path(__file__).parents[3]
LOOKING = {
    name: check
    for name, check in definitions("pipelines.checks", "CHECK", Check).items()
    if name.startswith("dashboard_") or name in {"dashboards", "metric_contract"}
}


@cache
def inspection(name: str) -> Inspection:
    """Inspect an environment with every dashboard, also those on what it does not watch."""
    stack = assemble(load(name).environment, root=ROOT)
    every = replace(stack, dashboards=dashboards_in((ROOT,), stack.environment.values))
    return Inspection(every, render_tree(stack, {})[1], ROOT, {}, ROOT)


def with_dashboards(dashboards: Mapping[str, Dashboard]) -> Inspection:
    """Inspect prod with other dashboards."""
    seen = inspection("prod")
    return replace(seen, stack=replace(seen.stack, dashboards=dashboards))


@pytest.mark.parametrize("name", environments())
def test_every_shipped_dashboard_passes_without_a_word(name: str) -> None:
    seen = inspection(name)

    assert len(seen.dashboards) > 10
    assert [problem.line() for check in LOOKING.values() for problem in check.run(seen)] == []


SLIPS = [
    ("dashboards", r'"uid": "overview"', '"uid": "over view"'),
    ("dashboards", r'"title": "Redis"', '"title": "Overview"'),
    ("dashboard_schema", r'"schemaVersion": \d+', '"schemaVersion": "42"'),
    ("dashboard_panels", r'"unit": "s"', '"unit": ""'),
    ("dashboard_panels", r'"description": "[^"]+", "fieldConfig"', '"fieldConfig"'),
    ("dashboard_grid", r'"w": 12, "x": 12', '"w": 12, "x": 13'),
    ("dashboard_grid", r'"y": 1}', '"y": 0}'),
    ("dashboard_sources", r'"uid": "prometheus"', '"uid": "promtheus"'),
    ("dashboard_promql", r'"expr": "', '"expr": "sum(('),
    ("dashboard_environment", r'env=~\\"\$env\\"', r'env=\\"prod\\"'),
    ("dashboard_environment", r', env=~\\"\$env\\"', ""),
    ("dashboard_rates", r"\[\$__rate_interval\]", "[$__interval]"),
    ("dashboard_rates", r"\brate\((prometheus_\w+_total\{[^}]*\})\[[^]]*\]\)", r"(\1)"),
    ("dashboard_legends", r"\{\{instance\}\}", "{{pod}}"),
    ("dashboard_thresholds", r'"value": 80(\.0)?\b', '"value": 85'),
    ("metric_contract", r"\bnode_boot_time_seconds\b", "node_boot_time_secs"),
]


@pytest.mark.parametrize(("check", "written", "slipped"), SLIPS)
def test_a_slip_in_a_shipped_dashboard_is_told(
    check: str, written: str, slipped: str, tmp_path: Path
) -> None:
    (tmp_path / "dashboards").mkdir()
    changed = set()
    for name, model in inspection("prod").dashboards.items():
        text = re.sub(written, slipped, json.dumps(model, sort_keys=True))
        (tmp_path / "dashboards" / f"{Path(name).stem}.json").write_text(text)
        changed |= {Path(name).stem} if json.loads(text) != model else set()
    found = list(LOOKING[check].run(with_dashboards(dashboards_in((tmp_path,), {}))))

    assert changed
    assert {Path(problem.where.partition(":")[0]).stem for problem in found} & changed
