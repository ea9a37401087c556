from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from stack.exporters.gate import attempts
from stack.exporters.gate.attempts import Attempts

if TYPE_CHECKING:
    import pytest


def test_the_limit_is_reached_and_passes_with_the_window() -> None:
    seen = Attempts(2, 60.0)

    assert [seen.begin("a", at) for at in (0.0, 10.0, 20.0)] == [0, 0, 40]
    assert seen.begin("b", 20.0) == 0
    assert [seen.begin("a", at) for at in (59.5, 60.0)] == [1, 0]


def test_one_that_was_refused_does_not_make_the_wait_longer() -> None:
    seen = Attempts(1, 60.0)

    assert [seen.begin("a", at) for at in (0.0, 59.0, 60.0)] == [0, 1, 0]


def test_a_good_one_is_taken_back() -> None:
    seen = Attempts(1, 60.0)
    for _ in range(3):
        assert seen.begin("a", 0.0) == 0
        seen.forgive("a")
    seen.forgive("nobody")


def test_of_many_at_once_no_more_than_the_limit_begin() -> None:
    seen = Attempts(5, 60.0)
    with ThreadPoolExecutor(16) as pool:
        begun = list(pool.map(lambda _: seen.begin("a", 1.0), range(200)))

    assert begun.count(0) == 5


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST", 3)
    seen = Attempts(1, 60.0)
    for name in "abcd":
        seen.begin(name, 0.0)

    assert seen.begin("a", 0.0) == 0, "the one that was quiet for longest is forgotten"
    assert seen.begin("d", 0.0) == 60
