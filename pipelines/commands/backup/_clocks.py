"""What runs a job at its moments on this machine: systemd's timers, else cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from stack.clients import crontab, systemd
from stack.clients.systemd_units import timed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.clients.job import Job

__all__ = ["Clock", "Cron", "Timers", "clock"]

USUAL = {"*-*-* 02:17:00": "17 2 * * *", "Sun *-*-* 04:43:00": "43 4 * * 0"}
"""Our own moments, as systemd has them, in cron's words."""

SHOWN = ("ActiveState", "NextElapseUSecRealtime", "LastTriggerUSec")


class Clock(Protocol):
    """What runs jobs."""

    def moments(self, at: str) -> str:
        """Give moments in this clock's own words.

        Raises:
            Refused: they are none.
        """
        ...

    def install(self, jobs: Sequence[Job]) -> str:
        """Let jobs be run from now on, in place of what was to be before; say by what."""
        ...

    def remove(self, jobs: Sequence[Job]) -> bool:
        """Let them be run no more; say whether there was one."""
        ...

    def standing(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Say of each job that is installed what is known of it."""
        ...


class Timers:
    """Timers of systemd."""

    def moments(self, at: str) -> str:
        """Give moments as OnCalendar has them."""
        systemd.refuse_odd_calendar(at)
        return at

    def install(self, jobs: Sequence[Job]) -> str:
        """Write a service and a timer for each, and start the timers."""
        units = [unit for job in jobs for unit in timed(job)]
        systemd.enable(*units)
        return " and ".join(str(unit.path) for unit in units if unit.starts)

    def remove(self, jobs: Sequence[Job]) -> bool:
        """Stop the timers, and take all units away."""
        units = [unit for job in jobs for unit in timed(job)]
        there = any(unit.path.exists() for unit in units)
        if there:
            systemd.disable(*units)
        return there

    def standing(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Ask systemd when each timer went off, and when it will."""
        timers = [(job, timed(job)[1]) for job in jobs]
        found = [(job, timer, systemd.told(timer, *SHOWN)) for job, timer in timers if timer.path.exists()]
        return [
            {
                "job": job.name,
                "by": str(timer.path),
                "state": told.get("ActiveState", ""),
                "next": told.get("NextElapseUSecRealtime", ""),
                "last": told.get("LastTriggerUSec", ""),
            }
            for job, timer, told in found
        ]


class Cron:
    """The user's crontab.

    Args:
        mark: stands around our lines in it.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def moments(self, at: str) -> str:
        """Give moments as the five fields of cron."""
        fields = USUAL.get(at, at)
        crontab.refuse_odd_time(fields)
        return fields

    def install(self, jobs: Sequence[Job]) -> str:
        """Write a line for each."""
        crontab.write(crontab.with_block(crontab.read(), self._mark, list(map(crontab.entry, jobs))))
        return "lines of the crontab"

    def remove(self, jobs: Sequence[Job]) -> bool:
        """Take our lines out."""
        del jobs
        before = crontab.read()
        after = crontab.without_block(before, self._mark)
        if after != before:
            crontab.write(after)
        return after != before

    def standing(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Give our lines; cron says nothing of when it has run them."""
        lines = zip(jobs, crontab.block(crontab.read(), self._mark), strict=False)
        unsaid = {"state": "", "next": "", "last": ""}
        return [{"job": job.name, "by": f"crontab: {line}", **unsaid} for job, line in lines]


def clock(environment: str) -> Clock | None:
    """Give the clock of this machine, None where it has neither."""
    if systemd.is_here():
        return Timers()
    return Cron(f"monitoring {environment} (invoke backup.schedule)") if crontab.is_here() else None
