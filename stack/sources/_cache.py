"""The cache of unpacked programs: one folder for each, complete from the moment it has its name."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stack.sources._record import read, recognised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.sources import Place
    from stack.sources._record import Record
    from stack.sources._wanted import Wanted

__all__ = ["install", "kept", "scratch", "sweep"]

FILE = ".record.json"
SCRATCH = ".unpack-"


def kept(wanted: Wanted, place: Place, source: str) -> Record | str:
    """Give a program that a source unpacked before, or say why there is none that will do.

    Another version than the wanted one counts only as the answer to this same wish: after a new pin the
    source is asked again.
    """
    files = sorted(place.cache.glob(f"{wanted.name}-*-{source}/{FILE}"))
    found = [record for file in files if (record := read(file, file.parent))]
    fitting = [record for record in found if _fits(record, wanted)]
    fitting.sort(key=lambda record: wanted.matches(record.version), reverse=True)
    intact = (recognised(record, record.folder / FILE) for record in fitting)
    return next((record for record in intact if record), "nothing in the cache")


def _fits(record: Record, wanted: Wanted) -> bool:
    asked_before = wanted.matches(record.version) or record.wanted == wanted.version
    return record.program == wanted.name and asked_before and not wanted.fault(record.version)


@contextmanager
def scratch(cache: Path) -> Iterator[Path]:
    """Give a folder on the cache's own disk that is gone afterwards, whatever happens."""
    cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=cache))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(cache: Path) -> None:
    """Remove what a killed run left half unpacked; only for the run that holds the cache's lock."""
    for folder in cache.glob(f"{SCRATCH}*"):
        shutil.rmtree(folder, ignore_errors=True)


def install(unpacked: Record, place: Place) -> Record:
    """Move an unpacked program to its place in the cache by one rename, instead of what is there.

    Where the very same is there already, it stays and answers this wish too: somebody may be about to run it.

    Raises:
        OSError: the disk is full or the cache cannot be written.
    """
    target = place.cache / f"{unpacked.program}-{unpacked.version}-{unpacked.source}"
    sealed = unpacked.sealed()
    there = _intact(target)
    if there and there.digests == sealed.digests:
        renewed = replace(there, wanted=sealed.wanted)
        renewed.write(target / FILE)
        return renewed
    sealed.write(sealed.folder / FILE)
    sealed.folder.chmod(0o755)
    if target.exists():
        if not there:
            place.tell(f"{target.name} in the cache was damaged and has been fetched again")
        _remove(target, place)
    sealed.folder.rename(target)
    return replace(sealed, folder=target)


def _intact(folder: Path) -> Record | None:
    old = read(folder / FILE, folder)
    return old and recognised(old, folder / FILE)


def _remove(folder: Path, place: Place) -> None:
    with scratch(place.cache) as gone:
        folder.rename(gone / folder.name)
