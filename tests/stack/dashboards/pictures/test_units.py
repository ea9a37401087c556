"""Values with their units."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.pictures.units import BOOLEANS, RATES, SCALED, SIGNS, TIMES, written


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "none", "0"),
        (3, "", "3"),
        (1234.5, "none", "1234"),
        (0.0421, "none", "0.042"),
        (0.00001, "none", "1.00e-05"),
        (1234, "short", "1.23 K"),
        (-2_500_000, "short", "-2.5 Mil"),
        (42.26, "percent", "42.3%"),
        (0.4226, "percentunit", "42.3%"),
        (1536, "bytes", "1.5 KiB"),
        (0, "bytes", "0 B"),
        (1_500_000, "decbytes", "1.5 MB"),
        (1_500_000, "Bps", "1.5 MB/s"),
        (2048, "binBps", "2 KiB/s"),
        (90, "s", "1.5 mins"),
        (0.0123, "s", "12.3 ms"),
        (0, "s", "0 s"),
        (1500, "ms", "1.5 s"),
        (2, "h", "2 hours"),
        (2.5, "cps", "2.5 c/s"),
        (1500, "wps", "1.5 K wr/s"),
        (1, "bool_yes_no", "Yes"),
        (0, "bool_on_off", "Off"),
        (1_700_000_000_000, "dateTimeAsIso", "2023-11-14 22:13:20"),
        (1e30, "dateTimeAsIso", "1.00e+30"),
        (21, "celsius", "21 °C"),
        (5, "suffix: bananas", "5 bananas"),
        (5, "currencyEUR", "5 currencyEUR"),
        (math.inf, "s", "+∞"),
        (-math.inf, "s", "-∞"),
        (math.nan, "s", "NaN"),
    ],
)
def test_a_value_is_written_as_people_read_it(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


def test_a_panel_may_ask_for_digits() -> None:
    assert [written(1.5, "percent", digits) for digits in (0, 1, 3)] == ["2%", "1.5%", "1.500%"]


@given(
    st.floats(), st.sampled_from(sorted({*BOOLEANS, *RATES, *SCALED, *SIGNS, *TIMES, "dateTimeAsIso", "x"}))
)
def test_any_number_is_written_in_a_few_letters(value: float, unit: str) -> None:
    assert 0 < len(written(value, unit)) < 40
