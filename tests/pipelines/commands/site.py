"""A site with rules of its own and their tests, for the verbs that are about rules."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.core.toolbox import Toolbox
from stack.binaries import Binary
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.core.effects import Effects

__all__ = ["ENVIRONMENT", "RULES", "TESTS", "Site", "document"]

RULES = """
groups:
  - name: shop
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Slow
        expr: seconds > ${{ env.values.limit }}
        for: 1m
        labels: {severity: page}
"""
TESTS = """
rule_files: [../shop.yml]
tests:
  - name: slow & <slower>
    input_series:
      - {series: 'seconds{job="a"}', values: "${{ env.values.limit }} ${{ env.values.limit + 0.1 }}x9"}
      - {series: 'seconds{job="b"}', values: "${{ env.values.limit * 2 }}x1 0x9"}
      - {series: 'up{job="a"}', values: "1x9"}
    alert_rule_test:
      - {alertname: Slow, eval_time: 1m, exp_alerts: [{exp_labels: {job: b, severity: page}}]}
      - {alertname: Slow, eval_time: 2m, exp_alerts: [{exp_labels: {job: a, severity: page}}]}
    promql_expr_test:
      - {expr: job:up:sum, eval_time: 1m, exp_samples: [{labels: 'job:up:sum{job="a"}', value: 1}]}
  - name: quick
    input_series: [{series: 'seconds{job="a"}', values: "0 ${{ env.values.limit }}x9"}]
    alert_rule_test: [{alertname: Slow, eval_time: 5m, exp_alerts: []}]
"""
ENVIRONMENT = {
    "local": "extends: local\nvalues: {limit: 5}",
    "dev": "extends: dev\nvalues: {limit: 10}",
    "staging": "extends: staging\nvalues: {limit: 10}",
    "prod": "extends: prod\nvalues: {limit: 10}",
}


class Site:
    """A site with rules of its own, beside a repository without any."""

    def __init__(self, folder: Path, promtool: Path) -> None:
        self.folder, self.promtool = folder, promtool
        self.write(**{f"stack/environments/{name}.yaml": text for name, text in ENVIRONMENT.items()})
        self.write(**{"rules/shop.yml": RULES, "rules/tests/shop_test.yml": TESTS})

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def effects(self, *, json: bool = False, environment: str = "local", **values: str | bool) -> Effects:
        made = effects(self.folder / "var", json=json)
        options = replace(made.options, environment=environment, sites=(self.folder / "site",), values=values)
        return replace(made, options=options, toolbox=Toolbox(self._find, lambda _: None))

    def _find(self, programs: Any, environment: Any) -> Mapping[str, Binary]:
        return {
            program.name: Binary(program.name, "1", "test", {"promtool": self.promtool})
            for program in programs
        }


def document(lines: list[str]) -> Any:
    """Read the JSON that a verb has printed."""
    return json.loads("\n".join(lines))
