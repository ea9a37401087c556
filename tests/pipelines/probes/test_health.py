"""Every health page answers, and in time."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.probes import health
from pipelines.probes.health import PROBE
from stack.errors import HttpFailed

PAGES = ("/-/healthy", "/", "/api/health")


def test_every_health_page_is_asked_and_the_slowest_named(scene: Any) -> None:
    made = scene()
    for path in PAGES:
        made.page(path, "ok")

    count = len(made.sight.release.stack.services)
    assert PROBE.run(made.sight).startswith(f"{count} health pages answer, the slowest (")
    assert len([True for request, _ in made.server.log if request.path in PAGES]) == count


def test_one_that_fails_is_told_with_its_address(scene: Any) -> None:
    made = scene()
    made.page("/-/healthy", "ok")
    made.page("/api/health", "ok")
    made.page("/", "starting", 503)

    with pytest.raises(HttpFailed, match="/: 503 starting"):
        PROBE.run(made.sight)


def test_one_that_is_slow_is_waited_for(scene: Any, waits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_time", lambda name, _: 6.25 if name == "node" else 0.1)

    assert waits(PROBE, scene()) == "node took 6.2 s, more than 5 s"
