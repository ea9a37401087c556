"""The online check: what rules ask for, against what the live server knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.checks.live_series import CHECK
from pipelines.core.check import Inspection
from stack.assemble import assemble
from stack.clients.http import Session
from stack.load import load
from stack.report import Severity
from stack.tree import Tree

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

ROOT = Path(__file__).parents[3]
RULES = b"""
groups:
  - name: g
    rules:
      - {record: "job:up:sum", expr: sum(up) by (env)}
      - {alert: Fine, expr: "job:up:sum == 0 or up == 0"}
      - {alert: Misspelt, expr: "rate(http_request_total[5m]) > 0 unless up"}
"""


def inspection(tmp_path: Path, base: str) -> Inspection:
    stack = assemble(load("local").environment, root=ROOT)
    tree = Tree({"prometheus/rules/g.yml": RULES})
    return Inspection(stack, tree, tmp_path, {}, ROOT, door=lambda _: Session(base))


def test_a_metric_that_is_not_live_is_told_and_a_recorded_one_is_not(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    answer = {"status": "success", "data": ["up", "scrape_duration_seconds"]}
    httpserver.expect_ordered_request("/api/v1/label/__name__/values", method="GET").respond_with_json(answer)
    [problem] = CHECK.run(inspection(tmp_path, httpserver.url_for("")))

    assert CHECK.online
    assert problem.severity is Severity.WARNING
    assert problem.where == "rules/g.yml:7: g/Misspelt"
    assert "'http_request_total' is not known to the live Prometheus" in problem.summary


def test_a_server_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    [problem] = CHECK.run(inspection(tmp_path, "http://127.0.0.1:9"))

    assert problem.severity is Severity.ERROR
    assert "cannot be asked" in problem.summary
