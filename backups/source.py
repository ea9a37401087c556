"""What a kind of state is: how it is captured from a live stack, checked, and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backups.blocks import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from backups.blocks import Stretch
    from backups.manifest import Entry, Part
    from stack.runtimes.protocol import Runtime
    from stack.service import Stack

__all__ = ["Origin", "Source", "Step", "Tools", "Wish"]


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that judge what was captured, by name, and how far a long work is."""

    paths: Mapping[str, Path]
    progress: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """The live stack that state is captured from, or brought back to.

    Args:
        stack: what is live.
        runtime: carries its services.
        notes: a folder of this environment's own, in which a source may leave itself a note for the case that
            it is killed.
        tools: what it may use.
    """

    stack: Stack
    runtime: Runtime
    notes: Path
    tools: Tools


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a snapshot is wanted back.

    Args:
        dashboard: of dashboards just this one, by its uid; empty for all.
        stretch: of metrics only blocks with samples of that time.
        prune: whether what carries our mark and is not in the snapshot is taken away.
    """

    dashboard: str = ""
    stretch: Stretch = ALWAYS
    prune: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One thing that a restore would do, or leave.

    Args:
        kind: what it is, in the singular: `dashboard`.
        name: which.
        action: `create`, `overwrite`, `delete`, `leave`, or `cannot` where it must be done by hand.
        why: in a few words; empty where that is plain.
    """

    kind: str
    name: str
    action: str
    why: str = ""


def _whole(folder: Path, part: Part, tools: Tools, known: Mapping[str, Entry]) -> Iterator[str]:
    del folder, part, tools, known
    yield from ()


def _as_before(origin: Origin, part: Part, done: tuple[Step, ...]) -> Iterator[str]:
    del origin, part, done
    yield from ()


def _nothing_undone(origin: Origin, folder: Path, part: Part, done: tuple[Step, ...]) -> None:
    del origin, folder, part, done


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of state; the module's name is its name, and that of its folder in a snapshot.

    Args:
        summary: what it is, in a few words.
        order: when it is brought back, the lowest first.
        services: the services that it needs; where one of them does not run there is nothing to capture.
        capture: writes its files below a new folder, and gives counts and facts; leaves nothing behind on the
            server, whatever happens. Raises any of `StackError`.
        plan: says what a restore would do: asks, and changes nothing.
        restore: does it whole or not at all, and gives what it has done. Run again it changes nothing.
        within: captures a stretch of time, of what never changes any more; None for state without a time.
        check: gives a line for each damage in a folder, by more than digests can tell; files that stand in
            `known` with the same digest were seen to be whole before.
        undo: takes back what a restore has done, by its steps, where something after it failed; folder and
            part are those of what was captured before it.
        prove: gives a line for whatever a stack to which it was brought back, by these steps, answers
            otherwise than at the time of the capture.
    """

    summary: str
    order: int
    services: tuple[str, ...]
    capture: Callable[[Origin, Path], Part]
    plan: Callable[[Origin, Path, Part, Wish], tuple[Step, ...]]
    restore: Callable[[Origin, Path, Part, Wish], tuple[Step, ...]]
    within: Callable[[Origin, Path, Stretch], Part] | None = None
    check: Callable[[Path, Part, Tools, Mapping[str, Entry]], Iterator[str]] = _whole
    undo: Callable[[Origin, Path, Part, tuple[Step, ...]], None] = _nothing_undone
    prove: Callable[[Origin, Part, tuple[Step, ...]], Iterator[str]] = _as_before
