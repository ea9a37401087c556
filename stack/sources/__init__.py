"""Where binaries come from: one file per source, tried in the environment's order."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from stack.environment import BinarySettings
    from stack.sources._record import Record
    from stack.sources._wanted import Wanted

__all__ = ["Place", "Progress", "Source", "architecture"]

Progress = Callable[[str, int, int | None], None]
"""Told what is being fetched, the bytes that are here, and how many there will be (None: not known)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source works.

    Args:
        settings: the environment's `binaries:` section.
        cache: the folder that programs are kept in, shared by all environments.
        tell: takes one line for the user.
        progress: takes how far a download is.
    """

    settings: BinarySettings
    cache: Path
    tell: Callable[[str], None]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Source:
    """One way to come by programs; each file of this folder defines one as `SOURCE`.

    Args:
        look: gives what is on this machine already, or in one clause why there is nothing; asks no network.
        fetch: fetches several programs at once and gives each one or the reason why not, by program;
            called by one run at a time. None where `look` is all there is.
    """

    look: Callable[[Wanted, Place], Record | str]
    fetch: Callable[[Sequence[Wanted], Place], Mapping[str, Record | str]] | None = None


def architecture() -> str:
    """Name this machine's architecture as Debian and the release pages do: `amd64` or `arm64`.

    Raises:
        Refused: programs are not published for this machine.
    """
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    machine = platform.machine()
    if platform.system() != "Linux" or machine not in names:
        raise Refused(message=f"only for Linux on amd64 and arm64, this is {platform.system()} on {machine}")
    return names[machine]
