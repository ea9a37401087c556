"""A refresh takes what is on the page, keeps what is kept by hand, and says what differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stack.contract.exposition import read_page
from stack.contract.family import Contract, Family
from stack.contract.refresh import difference, refreshed

OLD = Contract(
    "shop",
    "shop 1",
    40,
    closed=("mode",),
    families={
        "gone": Family("gauge"),
        "same": Family("gauge"),
        "other": Family("counter", {"a": (), "b": ()}),
    },
    events={"event_total": Family("counter", {"why": ("x",)}, "only then")},
    waivers={"old": "because"},
)
PAGE = read_page(
    """\
# TYPE same gauge
same 1
# TYPE other gauge
other{a="1",mode="on"} 1
other{a="2",mode="off"} 1
new{device="sda"} 1
# TYPE event_total counter
event_total{why="y"} 1
""",
    "a page",
)


def test_what_is_by_hand_stays_and_the_rest_is_the_page_s() -> None:
    new = refreshed(OLD, "shop 2", PAGE)

    assert (new.name, new.program, new.series) == ("shop", "shop 2", 5)
    assert (new.closed, new.events, new.waivers) == (OLD.closed, OLD.events, OLD.waivers)
    assert new.families == {
        "same": Family("gauge"),
        "other": Family("gauge", {"a": (), "mode": ("off", "on")}),
        "new": Family("untyped", {"device": ()}),
    }
    assert refreshed(new, "shop 2", PAGE) == new
    assert not difference(new, refreshed(new, "shop 2", PAGE), PAGE)


def test_what_differs_is_told() -> None:
    found = difference(OLD, refreshed(OLD, "shop 2", PAGE), PAGE)

    assert (found.new, found.gone) == (("new",), ("gone",))
    assert found.changed == (("other", "was a counter, is a gauge, lost label b, got label mode"),)
    assert found.facts == ("program shop 1 -> shop 2", "series 40 -> 5")


def test_the_values_of_a_closed_label_are_told_and_what_moved_to_the_events_is_not_gone() -> None:
    one = Contract("shop", families={"a": Family("gauge", {"mode": ("x",)}), "b": Family("gauge")})
    other = replace(one, families={"a": Family("gauge", {"mode": ("x", "y")})}, events={"b": Family("gauge")})

    assert difference(one, other, PAGE).changed == (("a", "mode is x, y"),)
    assert difference(one, other, PAGE).gone == ()
    opened = replace(one, families={"a": Family("gauge", {"mode": ()}), "b": Family("gauge")})
    assert difference(one, opened, PAGE).changed == (("a", "mode is open"),)


def test_what_is_by_hand_and_another_on_the_page_is_told_and_stays() -> None:
    by_hand = {"same": Family("counter", {"a": ()}, "x"), "other": Family("gauge", {"a": ()}, "x")}
    old = Contract("shop", events={**by_hand, "away": Family("gauge", {}, "x")})
    new = refreshed(old, "", PAGE)

    assert new.events == old.events
    assert difference(new, new, PAGE).stale == (("other", "has label mode"), ("same", "is of type gauge"))
    assert difference(new, new, PAGE)


@pytest.mark.parametrize(("series", "kept"), [(100, 100), (109, 109), (90, 90), (120, 99), (80, 99), (0, 99)])
def test_a_number_of_series_that_is_near_stays(series: int, kept: int) -> None:
    page = read_page("a 1\n" * 99, "a page")
    assert refreshed(Contract("shop", series=series), "", page).series == kept
    assert refreshed(Contract("shop", series=10), "", read_page("a 1\n" * 20, "a page")).series == 10
