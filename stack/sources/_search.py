"""Asking the sources in their order, each of them once for all programs that are still missing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from stack.errors import BinaryMissing
from stack.sources._cache import sweep
from stack.sources._record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stack.sources import Place, Source
    from stack.sources._wanted import Wanted

__all__ = ["alone", "search"]


def search(wanted: Sequence[Wanted], sources: Mapping[str, Source], place: Place) -> dict[str, Record]:
    """Give every program, by its name; only what is not on this machine yet is fetched.

    Raises:
        BinaryMissing: the first program that no source has, with what each of them said.
        OSError: the cache cannot be written.
    """
    found = _at_hand(wanted, sources, place)
    missing = [one for one in wanted if one.name not in found]
    if missing:
        with alone(place):
            found |= _fetched(missing, sources, place)
    return found


def _at_hand(wanted: Iterable[Wanted], sources: Mapping[str, Source], place: Place) -> dict[str, Record]:
    # A source that only looks counts when it stands first: behind another, that one is to be asked before it.
    local = [source for rank, source in enumerate(sources.values()) if source.fetch or rank == 0]
    found = {}
    for one in wanted:
        answers = (source.look(one, place) for source in local)
        if record := next((answer for answer in answers if isinstance(answer, Record)), None):
            found[one.name] = record
    return found


def _fetched(missing: Sequence[Wanted], sources: Mapping[str, Source], place: Place) -> dict[str, Record]:
    reasons: dict[str, list[str]] = {one.name: [] for one in missing}
    found = _at_hand(missing, sources, place)  # by now another run may have fetched them
    for name, source in sources.items():
        asked = [one for one in missing if one.name not in found]
        for program, answer in _ask(source, asked, place).items():
            if isinstance(answer, Record):
                found[program] = answer
                place.tell(f"{program} {answer.version} comes from {name}")
            else:
                reasons[program].append(f"{name}: {answer}")
    for one in missing:
        if one.name not in found:
            said = "; ".join(reasons[one.name])
            raise BinaryMissing(program=one.name, version=one.version, reasons=said)
    return found


def _ask(source: Source, wanted: Sequence[Wanted], place: Place) -> Mapping[str, Record | str]:
    if source.fetch and wanted:
        return source.fetch(wanted, place)
    return {one.name: source.look(one, place) for one in wanted}


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Be the one run that writes into the cache; what a killed one left half unpacked is removed.

    Raises:
        OSError: the cache cannot be written.
    """
    place.cache.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place.cache / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        place.tell("another run is fetching programs or building images; waiting for it")
        lock.acquire()
    try:
        sweep(place.cache)
        yield
    finally:
        lock.release()
