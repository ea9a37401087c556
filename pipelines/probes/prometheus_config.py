"""Prometheus runs the rendered configuration: a 500 can leave half of it live, a 200 the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.probe import Probe, Waiting
from stack.duration import seconds

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE", "missing"]


def _run(sight: Sight) -> str:
    live = sight.prometheus.configuration()
    wanted = sight.rendered("prometheus/prometheus.yml")
    path = missing({key: value for key, value in wanted.items() if key != "rule_files"}, live)
    if path:
        message = f"{path} of the live configuration is not what was rendered"
        raise Waiting(message)
    if len(live.get("scrape_configs", [])) != len(wanted.get("scrape_configs", [])):
        raise Waiting("more scrape jobs are live than were rendered")
    return f"{len(wanted['scrape_configs'])} scrape jobs are live as rendered"


def missing(wanted: Any, live: Any, path: str = "") -> str:  # any part of a document
    """Give the path of the first wanted value that is not live; the live side may hold more: its defaults."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        found = (missing(value, live.get(key), f"{path}.{key}".strip(".")) for key, value in wanted.items())
        return next((each for each in found if each), "")
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        pairs = enumerate(zip(wanted, live, strict=True))
        return next((each for i, (w, v) in pairs if (each := missing(w, v, f"{path}.{i}"))), "")
    return "" if _same(wanted, live) else path or "all"


def _same(wanted: object, live: object) -> bool:
    if live in (wanted, "<secret>") or (not wanted and live is None):  # may be no hashable
        return True
    try:
        return seconds(str(wanted)) == seconds(str(live))
    except ValueError:
        return str(wanted) == str(live)


PROBE = Probe(
    asks="whether Prometheus runs the rendered configuration", run=_run, needs=("prometheus",), quick=True
)
