"""Durations are Prometheus' own."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.duration import seconds, spoken

UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}


@given(st.dictionaries(st.sampled_from([*UNITS]), st.integers(0, 10**6), min_size=1))
def test_units_from_the_largest_to_the_smallest_add_up(counts: dict[str, int]) -> None:
    text = "".join(f"{counts[unit]}{unit}" for unit in UNITS if unit in counts)
    assert seconds(text) == pytest.approx(sum(counts[unit] * UNITS[unit] for unit in counts))


@pytest.mark.parametrize(
    "text", ["", " ", "15", "1.5h", "-1m", "1m1h", "5 m", "1M", "1h\n", "٣s", "5s5s"], ids=repr
)  # fmt: skip
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration; write it like 30s"):
        seconds(text)


def test_zero_needs_no_unit() -> None:
    assert seconds("0") == 0


@given(st.text(max_size=8))
def test_no_text_raises_anything_else(text: str) -> None:
    with suppress(ValueError):
        assert seconds(text) >= 0


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0.00s"),
        (9.994, "9.99s"),
        (9.996, "10.0s"),
        (59.94, "59.9s"),
        (59.96, "1m00s"),
        (320, "5m20s"),
        (3_659.6, "1h01m"),
        (86_399.9, "1d00h"),
        (90_000, "1d01h"),
    ],
)
def test_a_length_is_spoken_of_in_two_units_at_most(length: float, text: str) -> None:
    assert spoken(length) == text
