"""Prometheus runs the rendered configuration: a 500 can leave half of it live, a 200 the old one."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from pipelines.core.probe import Probe, Waiting
from stack.duration import seconds

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE", "missing"]

UPWARDS = re.compile(r"^(\.\./)*")
SIZE = re.compile(r"(\d+)([KMGTPE]?)i?B")


def _run(sight: Sight) -> str:
    live = sight.prometheus.configuration()
    wanted = sight.rendered("prometheus/prometheus.yml")
    path = missing({key: value for key, value in wanted.items() if key != "rule_files"}, live)
    if path:
        message = f"{path} of the live configuration is not what was rendered"
        raise Waiting(message)
    return f"{len(wanted['scrape_configs'])} scrape jobs are live as rendered"


def missing(wanted: Any, live: Any, path: str = "") -> str:  # any part of a document
    """Give the path of the first wanted value that is not live; the live side may hold more: its defaults."""
    if isinstance(wanted, dict) and isinstance(live, dict | None):
        known = live or {}
        found = (missing(value, known.get(key), f"{path}.{key}".strip(".")) for key, value in wanted.items())
        return next((each for each in found if each), "")
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        pairs = enumerate(zip(wanted, live, strict=True))
        return next((each for i, (w, v) in pairs if (each := missing(w, v, f"{path}.{i}"))), "")
    return "" if _same(wanted, live) else path or "all"


def _same(wanted: object, live: object) -> bool:
    """Compare two values; Prometheus tells 60s as 1m, 10MB as 10MiB, a path from the root."""
    if live is None:
        return not wanted
    if live in (wanted, "<secret>"):  # may be no hashable
        return True
    one, other = str(wanted), str(live)
    return _amount(one) == _amount(other) or (other.startswith("/") and other.endswith(_below(one)))


def _amount(text: str) -> float | str:
    """Read a duration or a size; any other text is itself, `Replace` the same as `replace`."""
    try:
        return seconds(text)
    except ValueError:
        sizes = SIZE.findall(text) if SIZE.sub("", text) == "" else []
    return sum(int(n) * 1024.0 ** " KMGTPE".index(unit or " ") for n, unit in sizes) or text.casefold()


def _below(path: str) -> str:
    """Give the end that a relative path has in common with what Prometheus makes of it."""
    return "/" + UPWARDS.sub("", normpath(path))


PROBE = Probe(
    asks="whether Prometheus runs the rendered configuration", run=_run, needs=("prometheus",), quick=True
)
