from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stack.exporters.command_center.fleet import KEYS, TOTALS, VERTICALS, scrape_seconds, total, writes

SECONDS = st.floats(0, 40 * 86_400)


@given(key=st.sampled_from(sorted(KEYS)), one=SECONDS, other=SECONDS)
def test_writes_never_fall(key: str, one: float, other: float) -> None:
    first, second = sorted((one, other))

    assert 0 == writes(key, 0) <= writes(key, first) <= writes(key, second)


@given(vertical=st.sampled_from(sorted(VERTICALS)), made=st.integers(0, 10_000_000))
def test_every_healthy_scrape_takes_about_as_long_as_usual(vertical: str, made: int) -> None:
    took = scrape_seconds(vertical, made + 1) - scrape_seconds(vertical, made)

    assert 0.79 * VERTICALS[vertical] <= took <= 1.21 * VERTICALS[vertical]


def test_a_few_keys_make_most_of_the_traffic() -> None:
    made = sorted((writes(key, 86_400) for key in KEYS), reverse=True)

    assert len(made) == 5
    assert made[0] > sum(made[1:])
    assert made[-1] > 0


def test_the_platform_grows_from_day_to_day() -> None:
    for noun in TOTALS:
        assert 0 < total(noun, 0) < total(noun, 86_400) < total(noun, 10 * 86_400)
