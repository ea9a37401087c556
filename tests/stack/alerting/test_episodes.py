"""Firings out of the evaluations at which a condition held, beside Prometheus' own steps, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.alerting.episodes import Episode, episodes

if TYPE_CHECKING:
    from collections.abc import Iterator


def simulated(held: set[int], wait: float, keep: float, end: int) -> Iterator[Episode]:
    """Do at each evaluation what a Prometheus does: the state of an alert is pending, firing or none."""
    pending = fired = absent = None
    for now in range(end + 1):
        if now in held:
            pending = now if pending is None else pending
            absent = None
        elif pending is not None:
            absent = now if absent is None else absent
            if fired is None or now - absent >= keep:
                if fired is not None:
                    yield Episode(pending, fired, now)
                pending = fired = absent = None
                continue
        if pending is not None and fired is None and now - pending >= wait:
            fired = now
    if pending is not None and fired is not None:
        yield Episode(pending, fired, None)


@given(
    st.sets(st.integers(0, 60)),
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.7, 10.0]),
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 4.2, 10.0]),
)
def test_every_firing_is_that_of_prometheus(held: set[int], wait: float, keep: float) -> None:
    found = list(episodes(map(float, sorted(held)), step=1.0, wait=wait, keep=keep, end=60.0))

    assert found == list(simulated(held, wait, keep, 60))


def test_times_that_have_come_through_text_still_lie_side_by_side() -> None:
    held = [1_700_000_000.0 + step * 0.1 for step in range(50)]

    assert len(list(episodes(held, step=0.1, wait=2.0, end=held[-1]))) == 1


@pytest.mark.parametrize(("resolved", "lasted"), [(30.0, 20.0), (None, 90.0)])
def test_how_long_one_lasted(resolved: float | None, lasted: float) -> None:
    assert Episode(0.0, 10.0, resolved).lasted(100.0) == lasted
