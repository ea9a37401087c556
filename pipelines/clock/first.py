"""What the first process of a container owes those whose parents have ended: to hear of their end."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["below_the_first"]


def below_the_first(work: Callable[[], int]) -> int:
    """Do some work in a process of its own where we are the first, and give its exit code.

    Whatever ends below us is taken note of, else it would stay as a process that has ended for ever: a
    drill's servers run below a daemon, which belongs to us once its own parent has ended.
    """
    if os.getpid() != 1:
        return work()
    child = os.fork()
    if child == 0:
        return work()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda told, _: os.kill(child, told))
    while True:
        ended, status = os.wait()
        if ended == child:
            return os.waitstatus_to_exitcode(status)
