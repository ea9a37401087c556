"""Tests of very many rules: one for each route of each service, as a generator would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.emit import to_yaml
from tests.bench.many_rules import ROUTES, RUNBOOKS

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["WRONG", "write_tests"]

WRONG = 10
"""Of so many tests one expects what is not so, where wrong ones are wanted."""


def write_tests(folder: Path, files: int, *, rules: str = "", wrong: bool = False) -> None:
    """Write so many test files, one for a service each, with a test for each of its routes.

    Args:
        folder: `rules/tests/` of a site.
        files: how many services there are.
        rules: what each of them names as its rule files; its own where nothing is given.
        wrong: whether some of them expect what is not so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        service = f"shop-{number:03}"
        document = {
            "rule_files": [rules or f"../{service}.yml"],
            "evaluation_interval": "1m",
            # Without it promtool takes the groups in an order that is another one each time.
            "group_eval_order": [
                f"shop-{at:03}-{kind}" for kind in ("recordings", "alerts") for at in range(files)
            ],
            "tests": [
                _test(service, route, wrong=wrong and (number + at) % WRONG == 0)
                for at, route in enumerate(ROUTES)
            ],
        }
        (folder / f"{service}_test.yml").write_bytes(to_yaml(document))


def _test(service: str, route: str, *, wrong: bool) -> dict[str, Any]:
    of = f'env="x", service="{service}", route="/{route}"'
    labels = {"env": "x", "service": service, "route": f"/{route}", "team": f"team-{route}"}
    return {
        "name": f"{service}/{route}: a third of the requests fail, and they are slow",
        "interval": "1m",
        "input_series": [
            {"series": f'http_requests_total{{{of}, code="200"}}', "values": "0+120x30"},
            {"series": f'http_requests_total{{{of}, code="500"}}', "values": "0+60x30"},
            {"series": f'http_request_duration_seconds_bucket{{{of}, le="1"}}', "values": "0x30"},
            {"series": f'http_request_duration_seconds_bucket{{{of}, le="2"}}', "values": "0+60x30"},
            {"series": f'http_request_duration_seconds_bucket{{{of}, le="+Inf"}}', "values": "0+60x30"},
        ],
        "alert_rule_test": [
            _case("RouteFailing", "10m", []),
            _case(
                "RouteFailing",
                "11m",
                [] if wrong else [_alert("RouteFailing", "10m", "333.3m", labels, "page")],
            ),
            _case("RouteSlow", "15m", []),
            _case("RouteSlow", "16m", [_alert("RouteSlow", "15m", "1.99", labels, "warning")]),
        ],
        "promql_expr_test": [
            _asked("service_route:http_requests_failed:ratio5m > bool 0.3", labels, 1),
            _asked("service_route:http_request_duration_seconds:p99_5m > bool 1.9", labels, 1),
        ],
    }


def _case(alert: str, time: str, alerts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"alertname": alert, "eval_time": time, "exp_alerts": alerts}


def _alert(name: str, lasting: str, value: str, labels: dict[str, str], severity: str) -> dict[str, Any]:
    return {
        "exp_labels": {**labels, "severity": severity},
        "exp_annotations": {
            "summary": f"{name} on {labels['route']} of {labels['service']}",
            "description": f"It has been so for {lasting}; the value is {value}.",
            "runbook_url": f"{RUNBOOKS}/{name}.md",
        },
    }


def _asked(expression: str, labels: dict[str, str], value: float) -> dict[str, Any]:
    named = ", ".join(f'{name}="{text}"' for name, text in labels.items())
    return {
        "expr": expression,
        "eval_time": "20m",
        "exp_samples": [{"labels": f"{{{named}}}", "value": value}],
    }
