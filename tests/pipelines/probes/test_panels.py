"""Every panel of ours must show data; a site's are told of, unless it asks for more."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.probes import panels
from pipelines.probes.panels import PROBE
from tests.stack.dashboards.boards import board, panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stack.dashboards.reading import Dashboard


@pytest.fixture
def shown(scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Give a scene of a release with dashboards; those in `ours` count as shipped."""
    monkeypatch.setattr(panels, "PAUSE", 0.0)
    monkeypatch.setattr("stack.dashboards.reading.SHIPPED", tmp_path / "ours" / "dashboards")

    def build(*dashboards: Dashboard, **sections: Any) -> Any:
        made = scene(**sections)
        stack = replace(made.sight.release.stack, dashboards={one.stem: one for one in dashboards})
        made.sight = replace(made.sight, release=replace(made.sight.release, stack=stack))
        made.prometheus.values = {"up": 1.0}
        return made

    for name in ("ours", "site"):
        (tmp_path / name).mkdir()
    return build


def test_where_all_show_data_it_says_how_many_and_how_fast(shown: Any, tmp_path: Path) -> None:
    made = shown(
        board(tmp_path / "ours", "one", panel("A", "up", "up"), panel("B", "up")),
        board(tmp_path / "ours", "two", panel("A", "up")),
    )

    assert re.fullmatch(
        r"4 of 4 queries of 3 panels in 2 dashboards show data, p95 \d+ ms, the slowest dashboard 0\.\d s",
        PROBE.run(made.sight),
    )


def test_the_first_that_shows_nothing_is_named_and_waited_for(shown: Any, waits: Any, tmp_path: Path) -> None:
    made = shown(board(tmp_path / "ours", "one", panel("A", "up", "later"), panel("B", "never", "up)")))
    made.prometheus.refused = {"up)": "parse error"}

    assert waits(PROBE, made) == 'dashboards/one.json: panel "A", query B is empty: no series, and 2 more'

    made.prometheus.values |= {"later": 1.0, "never": 1.0}
    assert waits(PROBE, made) == 'dashboards/one.json: panel "B", query B is error: parse error'


def test_what_showed_data_is_not_asked_again_and_nothing_more_than_once_a_second(
    shown: Any, waits: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = shown(board(tmp_path / "ours", "one", panel("A", "up", "later")))
    said = waits(PROBE, made)
    waits(PROBE, made)
    assert made.prometheus.asked.count("up") == 1
    assert made.prometheus.asked.count("later") == 2

    monkeypatch.setattr(panels, "PAUSE", 60.0)
    assert waits(PROBE, made) == said
    assert made.prometheus.asked.count("later") == 2


def test_an_event_that_has_not_happened_holds_nothing_up(shown: Any, tmp_path: Path) -> None:
    made = board(tmp_path / "ours", "one", panel("A", "up"), panel("Faults", "never"))
    made.__dict__["_read"] = (made.model, "", {"Faults": "a fault"})

    assert PROBE.run(shown(made).sight).endswith("; 1 wait for their events")


def test_a_rare_recording_holds_nothing_up_before_it_is_due(shown: Any, waits: Any, tmp_path: Path) -> None:
    made = shown(board(tmp_path / "ours", "one", panel("A", "up", "a:mean1h")))
    group = {"name": "g", "interval": 1e10, "rules": [{"name": "a:mean1h", "type": "recording"}]}
    made.prometheus.groups = [group]
    assert PROBE.run(made.sight).endswith("; 1 wait for their events")

    made.prometheus.groups = [{**group, "interval": 120}]  # the release is older than that
    assert waits(PROBE, made).endswith("query B is empty: no series")


def test_a_sites_panels_are_told_and_fail_where_it_asks_for_that(
    shown: Any, waits: Any, tmp_path: Path
) -> None:
    ours = board(tmp_path / "ours", "one", panel("A", "up"))
    theirs = board(tmp_path / "site", "mine", panel("M", "never"))
    missing = 'dashboards/mine.json: panel "M", query A is empty: no series'

    assert PROBE.run(shown(ours, theirs).sight).endswith(f"; of a site: {missing}")
    assert waits(PROBE, shown(ours, theirs, gates={"site": "error"})) == missing


def test_without_dashboards_there_is_nothing_to_ask(shown: Any) -> None:
    assert PROBE.run(shown().sight) == "there is no panel to ask"
