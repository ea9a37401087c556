"""A site with very many rules, as a generator for a fleet of services would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.emit import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["RULES_IN_A_FILE", "write_rules"]

ROUTES = ("cart", "items", "login", "orders", "pay", "profile", "search", "stock", "ticket", "upload")
RULES_IN_A_FILE = 5 * len(ROUTES)
RUNBOOKS = "https://runbooks.example.com"


def write_rules(folder: Path, files: int, edition: int = 0) -> None:
    """Write so many rule files, one for a service each, with two recordings and three alerts for a route.

    Another edition is other in each file, so that nothing that was remembered of the last one helps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        service = f"shop-{number:03}"
        (folder / f"{service}.yml").write_bytes(to_yaml(_file(service, edition)))


def _file(service: str, edition: int) -> dict[str, Any]:
    recordings = [rule for route in ROUTES for rule in _recordings(service, route)]
    alerts = [rule for route in ROUTES for rule in _alerts(service, route, edition)]
    return {
        "groups": [
            {"name": f"{service}-recordings", "rules": recordings},
            {"name": f"{service}-alerts", "rules": alerts},
        ]
    }


def _recordings(service: str, route: str) -> Iterator[dict[str, Any]]:
    of = f'service="{service}", route="/{route}"'
    failed, every = (
        f"sum by (env, service, route) (rate(http_requests_total{{{of}{codes}}}[5m]))"
        for codes in (', code=~"5.."', "")
    )
    buckets = f"sum by (env, service, route, le) (rate(http_request_duration_seconds_bucket{{{of}}}[5m]))"
    labels = {"team": f"team-{route}"}
    yield {
        "record": "service_route:http_requests_failed:ratio5m",
        "expr": f"{failed} / {every}",
        "labels": labels,
    }
    yield {
        "record": "service_route:http_request_duration_seconds:p99_5m",
        "expr": f"histogram_quantile(0.99, {buckets})",
        "labels": labels,
    }


def _alerts(service: str, route: str, edition: int) -> Iterator[dict[str, Any]]:
    of = f'service="{service}", route="/{route}"'
    failing = f"service_route:http_requests_failed:ratio5m{{{of}}} > 0.05{edition}"
    slow = f"service_route:http_request_duration_seconds:p99_5m{{{of}}} > 0.75"
    for name, expression, lasting, severity in (
        ("RouteFailing", failing, "10m", "page"),
        ("RouteSlow", slow, "15m", "warning"),
        ("RouteSilent", f"absent(http_requests_total{{{of}}})", "30m", "info"),
    ):
        labels = {"service": service, "route": f"/{route}", "team": f"team-{route}", "severity": severity}
        annotations = _annotations(name, lasting)
        yield {
            "alert": name,
            "expr": expression,
            "for": lasting,
            "labels": labels,
            "annotations": annotations,
        }


def _annotations(name: str, lasting: str) -> dict[str, str]:
    return {
        "summary": f"{name} on {{{{ $labels.route }}}} of {{{{ $labels.service }}}}",
        "description": f"It has been so for {lasting}; the value is {{{{ $value | humanize }}}}.",
        "runbook_url": f"{RUNBOOKS}/{name}.md",
    }
