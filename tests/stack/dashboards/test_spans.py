"""Stretches of time, as models name them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.spans import Span, length_of, panel_span, span_of

NOW = datetime(2026, 11, 26, 13, 45, 50, tzinfo=UTC).timestamp()  # a Thursday
HOUR, DAY = 3600, 86_400


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc] # a date, or more


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("now-6h", "now", (NOW - 6 * HOUR, NOW)),
        ("now-1d-2h", "now-1h", (NOW - 26 * HOUR, NOW - HOUR)),
        ("now/d", "now", (at(2026, 11, 26), NOW)),
        ("now-1d/d", "now-1d/d", (at(2026, 11, 25), at(2026, 11, 26))),
        ("now/w", "now/w", (at(2026, 11, 23), at(2026, 11, 30))),
        ("now/M", "now", (at(2026, 11, 1), NOW)),
        ("now/y", "now", (at(2026, 1, 1), NOW)),
        ("now/h", "now", (at(2026, 11, 26, 13), NOW)),
        ("2026-11-01T00:00:00.000Z", "1795000000000", (at(2026, 11, 1), 1_795_000_000)),
        ("2026-11-01 00:00:00", "2026-11-02 00:00:00", (at(2026, 11, 1), at(2026, 11, 2))),
        ("now", "now-1h", (NOW - 6 * HOUR, NOW)),
        ("yesterday", "now", (NOW - 6 * HOUR, NOW)),
        (7, None, (NOW - 6 * HOUR, NOW)),
    ],
)
def test_the_stretch_of_a_dashboard(start: object, end: object, span: tuple[float, float]) -> None:
    assert span_of({"time": {"from": start, "to": end}}, NOW) == Span(*span)


def test_a_panel_may_have_one_of_its_own_and_may_be_shifted() -> None:
    span = Span(NOW - HOUR, NOW)

    assert panel_span({}, span, NOW) == span
    assert panel_span({"timeFrom": "2d"}, span, NOW) == Span(NOW - 2 * DAY, NOW)
    assert panel_span({"timeFrom": "now/d"}, span, NOW) == Span(at(2026, 11, 26), NOW)
    assert panel_span({"timeShift": "1d"}, span, NOW) == Span(NOW - HOUR - DAY, NOW - DAY)
    assert panel_span({"timeFrom": "soon", "timeShift": "now"}, span, NOW) == span


@pytest.mark.parametrize(
    ("text", "length"), [("30s", 30), (">1m", 60), ("500ms", 0.5), ("1.5h", 5400), ("", None), (5, None)]
)
def test_lengths(text: object, length: float | None) -> None:
    assert length_of(text) == length


@given(st.dictionaries(st.sampled_from(["time", "from", "to"]), st.text(max_size=8) | st.integers()))
def test_any_model_has_a_stretch(model: dict[str, Any]) -> None:
    for document in (model, {"time": model}):
        assert span_of(document, NOW).length > 0
