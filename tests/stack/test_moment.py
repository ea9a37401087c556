"""Moments as the servers write them."""

from __future__ import annotations

import pytest

from stack.moment import clock, moment, unix


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-25T10:11:22Z", 1_795_601_482.0),
        ("2026-11-25T10:11:22.123456789Z", 1_795_601_482.123456),
        ("2026-11-25T11:11:22.5+01:00", 1_795_601_482.5),
        ("2026-11-25T10:11", 1_795_601_460.0),
    ],
)
def test_a_moment_is_read_to_the_microsecond_and_without_a_zone_it_is_utc(text: str, seconds: float) -> None:
    assert unix(text) == pytest.approx(seconds, abs=1e-6)


def test_a_moment_is_written_as_it_is_read() -> None:
    assert moment(1_795_601_482.25) == "2026-11-25T10:11:22.250Z"
    assert unix(moment(1_795_601_482.25)) == 1_795_601_482.25
    assert clock(1_795_601_482.25) == "2026-11-25 10:11:22Z"


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        unix("tomorrow")
