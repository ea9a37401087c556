"""What another version of a program breaks: pure, from what is known of it, what runs and what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from stack.discover import definitions
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Change", "Floor", "Step", "Upgrade", "judge", "unreadable", "upgrades"]

CHECK = "upgrade"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise from a version on.

    Args:
        since: the first version that has it.
        what: what is otherwise, in a clause.
        source: where its project says so.
        flags: flags that are refused since; the change matters only where one of them is used.
        features: the same, of values of `--enable-feature`.
        severity: how bad it is where it matters.
        hint: what to do.
    """

    since: str
    what: str
    source: str
    flags: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Floor:
    """What a version leaves on disk, which versions older than some other cannot read.

    Args:
        since: the first version that leaves it.
        floor: the oldest version that reads it.
        what: what is lost below that, in a clause.
        source: where its project says so.
        until: the first version that no longer leaves it; empty where each newer one does.
    """

    since: str
    floor: str
    what: str
    source: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What is known of a program's versions; the module's name is the program's.

    Args:
        changes: what is otherwise, by version.
        floors: what cannot be read after a downgrade.
        in_steps: where its project says that no major version is to be left out; empty where it does not.
        no_way_back: why an older version does not take over its data; empty where it does.
    """

    changes: tuple[Change, ...] = ()
    floors: tuple[Floor, ...] = ()
    in_steps: str = ""
    no_way_back: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One program's way from what runs to what is wanted.

    Args:
        program: its name.
        running: the version that runs.
        wanted: the version that is wanted.
        argv: the flags that it will be started with.
    """

    program: str
    running: str
    wanted: str
    argv: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether it is the same version; a distribution's suffix (`3.5.3+ds1`) does not matter."""
        return _release(self.running) == _release(self.wanted)

    @property
    def where(self) -> str:
        """The step as a message has it."""
        return f"{self.program} {self.running} -> {self.wanted}"


def upgrades() -> dict[str, Upgrade]:
    """Give what is known of each program, by its name."""
    return definitions("stack.upgrades", "UPGRADE", Upgrade)


def judge(step: Step, known: Upgrade) -> Iterator[Problem]:
    """Yield what breaks on the way, and what is to be looked at; nothing where the version stays."""
    if step.stays:
        return
    if _release(step.wanted) < _release(step.running):
        yield from _back(step, known)
        return
    yield from _too_far(step, known)
    for change in known.changes:
        if _release(step.running) < _release(change.since) <= _release(step.wanted):
            yield from _met(change, step)


def _met(change: Change, step: Step) -> Iterator[Problem]:
    """Tell a change where it matters: everywhere, or where one of its flags is used."""
    what = f"since {change.since} {change.what} ({change.source})"
    if not change.flags and not change.features:
        yield Problem(CHECK, step.where, what, change.severity, hint=change.hint)
    for word in step.argv:
        name, _, value = word.partition("=")
        used = [name] if name in change.flags else []
        if name == "--enable-feature":
            used += [f"{name}={one}" for one in value.split(",") if one in change.features]
        for flag in used:
            hint = change.hint or f"take it out of `flags.{step.program}`"
            yield Problem(CHECK, step.where, f"{flag}: {what}", change.severity, hint=hint)


def _back(step: Step, known: Upgrade) -> Iterator[Problem]:
    """Tell what a downgrade costs."""
    if known.no_way_back:
        hint = "restore a backup that the older version made, or stay"
        yield Problem(CHECK, step.where, f"a downgrade: {known.no_way_back}", hint=hint)
    else:
        yield Problem(CHECK, step.where, "a downgrade", Severity.WARNING, hint="look at its release notes")
    yield from unreadable(step, known)


def unreadable(step: Step, known: Upgrade) -> Iterator[Problem]:
    """Yield what the running version has left on disk that the wanted one cannot read."""
    for floor in known.floors:
        leaves = _release(step.running) >= _release(floor.since)
        leaves = leaves and (not floor.until or _release(step.running) < _release(floor.until))
        if leaves and _release(step.wanted) < _release(floor.floor):
            what = f"{floor.what}; {floor.floor} is the oldest that reads it ({floor.source})"
            yield Problem(CHECK, step.where, what, hint=f"stop at {floor.floor}")


def _too_far(step: Step, known: Upgrade) -> Iterator[Problem]:
    """Tell the major versions that would be left out."""
    first, last = _release(step.running)[0], _release(step.wanted)[0]
    if known.in_steps and last - first > 1:
        missing = ", ".join(str(major) for major in range(first + 1, last))
        hint = f"deploy the last {first + 1}.x first: --set versions.{step.program}={first + 1}.…"
        yield Problem(CHECK, step.where, f"leaves out major version {missing} ({known.in_steps})", hint=hint)


def _release(version: str) -> tuple[int, int, int]:
    """Give a version's three numbers; those of one that cannot be read are 0."""
    try:
        found = Version(version.removeprefix("v"))
    except InvalidVersion:
        return (0, 0, 0)
    return found.major, found.minor, found.micro
