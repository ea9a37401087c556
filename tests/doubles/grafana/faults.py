"""Faults that a test lets the double have: a refusal, a delay, or something that happens in between."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Fault", "struck"]


def _nothing() -> None:
    pass


@dataclass
class Fault:
    """What strikes some requests.

    Args:
        asked: which ones, a regular expression that `GET /api/search?limit=1` begins with.
        status: what is answered instead; 0 for the usual answer.
        first: the first one of them that is struck, from 1.
        times: how many of them are.
        headers: more headers of the answer.
        seconds: how late it is answered.
        message: what the answer says.
        do: what happens right before.
        lost: whether it is done all the same, and just the usual answer is lost.
        half: whether just the first half of the usual answer comes, as a proxy in between cuts it.
    """

    asked: str
    status: int = 0
    first: int = 1
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0
    message: str = "made up for this test"
    do: Callable[[], object] = _nothing
    lost: bool = False
    half: bool = False
    seen: int = 0


def struck(faults: list[Fault], request: str) -> Fault | None:
    """Let the first fault that a request belongs to strike, where it is its turn."""
    fault = next((fault for fault in faults if re.match(fault.asked, request)), None)
    if fault is None:
        return None
    fault.seen += 1
    if not fault.first <= fault.seen < fault.first + fault.times:
        return None
    fault.do()
    time.sleep(fault.seconds)
    return fault
