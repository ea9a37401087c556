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
from tests.doubles.prometheus import PrometheusDouble

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


def inspection(tmp_path: Path, base: str, rules: bytes = RULES) -> Inspection:
    stack = assemble(load("local").environment, root=ROOT)
    tree = Tree({"prometheus/rules/g.yml": rules})
    return Inspection(stack, tree, tmp_path, {}, ROOT, door=lambda _: Session(base))


def test_a_metric_that_is_not_live_is_told_and_a_recorded_one_is_not(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    PrometheusDouble(names=["up", "scrape_duration_seconds"]).serve(httpserver)
    [problem] = CHECK.run(inspection(tmp_path, httpserver.url_for("")))

    assert CHECK.online
    assert problem.severity is Severity.WARNING
    assert problem.where == "rules/g.yml:7: g/Misspelt"
    assert "'http_request_total' is not known to the live Prometheus" in problem.summary


def test_a_label_that_no_live_series_has_is_told_once_where_the_metric_is_live(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    rules = b"""
groups:
  - name: g
    rules:
      - {alert: Right, expr: 'up{job="a\\"b", env!="x"} == 0'}
      - {alert: Wrong, expr: 'up{job=~"c|d"} offset 5m == 0 or up{job=~"c|d"} > 1'}
      - {alert: Again, expr: 'rate(up{job=~"c|d"}[5m]) == 0'}
      - {alert: Gone, expr: 'gone{job="c"} == 0'}
      - {alert: Pattern, expr: 'up{job=~"c.*"} == 0 or {__name__="up", job="c"}'}
"""
    double = PrometheusDouble(names=["up", "gone"], values={"count(up)": 3, 'count(up{job="a\\"b"})': 1})
    double.serve(httpserver)
    [problem] = CHECK.run(inspection(tmp_path, httpserver.url_for(""), rules))

    assert problem.severity is Severity.WARNING
    assert problem.where == "rules/g.yml:6: g/Wrong"
    assert problem.summary == "no series of 'up' that is live has these labels: up{job=~\"c|d\"}"
    assert double.asked.count('count(up{job=~"c|d"})') == 1


def test_a_server_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    [problem] = CHECK.run(inspection(tmp_path, "http://127.0.0.1:9"))

    assert problem.severity is Severity.ERROR
    assert "cannot be asked" in problem.summary
