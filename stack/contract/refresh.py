"""From a contract and a fresh look at the page it speaks of to the next contract, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stack.contract.exposition import Page
    from stack.contract.family import Contract, Family

__all__ = ["Difference", "difference", "refreshed"]

WOBBLE, FEW = 0.1, 10
"""The part, and the number, by which the series may differ without being counted anew."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a refresh has changed in one contract.

    Args:
        name: the contract's.
        new: families that were not known.
        gone: families that are not on the page any more.
        changed: each family that is another than it was, and in what.
        facts: what else is another: `series 1043 -> 1210`.
        stale: each family that is declared by hand and is another on the page, and in what.
    """

    name: str
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()
    stale: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed or self.facts or self.stale)


def refreshed(old: Contract, program: str, page: Page) -> Contract:
    """Take from a page what is refreshed, and keep what is kept by hand.

    What stands under `events` is no part of `families`, also while it happens to be there.
    """
    families = {name: body for name, body in page.families(old.closed).items() if name not in old.events}
    near = old.series and abs(page.series - old.series) <= max(WOBBLE * old.series, FEW)
    return replace(old, program=program, series=old.series if near else page.series, families=families)


def difference(old: Contract, new: Contract, page: Page) -> Difference:
    """Say what differs between a contract and the next one, and what by hand is not as the page has it."""
    seen = page.families(new.closed)
    before, after = old.families, new.families
    both = sorted(before.keys() & after.keys())
    return Difference(
        name=new.name,
        new=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys() - new.events.keys())),
        changed=tuple(
            (name, _told(before[name], after[name])) for name in both if before[name] != after[name]
        ),
        facts=tuple(
            f"{what} {one or 'none'} -> {other}"
            for what, one, other in (
                ("program", old.program, new.program),
                ("series", old.series, new.series),
            )
            if one != other
        ),
        stale=tuple(
            (name, lost) for name in sorted(new.events) if (lost := _unsaid(new.events[name], seen.get(name)))
        ),
    )


def _unsaid(declared: Family, seen: Family | None) -> str:
    """Say what the page has of a family and its declaration by hand has not."""
    if seen is None:
        return ""
    told = [] if seen.type == declared.type else [f"is of type {seen.type}"]
    return ", ".join(
        [*told, *(f"has label {label}" for label in sorted(seen.labels.keys() - declared.labels))]
    )


def _told(old: Family, new: Family) -> str:
    told = [] if old.type == new.type else [f"was a {old.type}, is a {new.type}"]
    for label in sorted({*old.labels, *new.labels}):
        told += _of_label(label, old.labels.get(label), new.labels.get(label))
    return ", ".join(told)


def _of_label(label: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> list[str]:
    if old is None or new is None:
        return [f"{'lost' if new is None else 'got'} label {label}"]
    return [] if set(old) == set(new) else [f"{label} is {', '.join(new) or 'open'}"]
