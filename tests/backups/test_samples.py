"""Sample queries: moments at which nothing changes any more, and differences to the last digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from backups.samples import MOMENTS, QUERIES, asked, differences, moments

if TYPE_CHECKING:
    from stack.clients.prometheus import Prometheus

TIMES = st.floats(1, 4e9)


class Server:
    """A Prometheus that answers with what it is given, by query and moment."""

    def __init__(self, answers: dict[tuple[str, float], dict[str, str]]) -> None:
        self.answers = answers

    def query(self, query: str, at: float, *, timeout: float) -> list[dict[str, Any]]:
        found = self.answers.get((query, at), {})
        return [{"metric": {"job": job} if job else {}, "value": [at, text]} for job, text in found.items()]


def server(**values: str) -> Prometheus:
    return cast("Prometheus", Server({(QUERIES[0], 5.0): values}))


@given(TIMES, TIMES)
def test_moments_lie_within_the_stretch_in_their_order(start: float, end: float) -> None:
    found = moments(start, end)

    assert list(found) == sorted(found)
    assert found[-1] == round(end, 3)
    assert len(found) == (MOMENTS if end > start else 1)
    assert all(round(min(start, end), 3) <= at <= round(end, 3) for at in found)


def test_the_same_answers_differ_in_nothing() -> None:
    told = asked(server(node="3", prometheus="0.1"), [5.0])

    assert list(differences(server(node="3", prometheus="0.1"), told)) == []


def test_what_differs_is_named_with_both_values() -> None:
    told = asked(server(node="3"), [5.0])

    (said,) = differences(server(node="3.0000000000000004"), told)
    assert said == f"{QUERIES[0]} at 1970-01-01T00:00:05.000Z: job node had 3, has 3.0000000000000004"
    (said,) = differences(server(), told)
    assert said.endswith("job node had 3, has nothing")
    (said,) = differences(server(node="3", late="1"), told)
    assert said.endswith("job late had nothing, has 1")
