"""What a Grafana answers, the same whichever of its interfaces was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Interface", "Listed", "Live", "Sample", "Save"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query: its labels, and its value (None where it is not a number)."""

    labels: Mapping[str, str]
    value: float | None


@dataclass(frozen=True, slots=True, order=True)
class Listed:
    """A dashboard as a list has it; `folder` is the uid of its folder, empty for none."""

    uid: str
    title: str
    folder: str


@dataclass(frozen=True, slots=True)
class Live:
    """A dashboard as it is shown now.

    Args:
        model: its JSON model, the fields that the server sets among them.
        file: the name of the file that it was provisioned from, empty for none.
        version: counts its saves.
        folder: the uid of its folder, empty for none.
        mark: what a save on top of it has to name, so that no other's save in between is lost.
    """

    model: Mapping[str, Any]
    file: str
    version: int
    folder: str = ""
    mark: str = ""

    @property
    def uid(self) -> str:
        """Its uid."""
        return str(self.model.get("uid") or "")

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.model.get("title") or "")


@dataclass(frozen=True, slots=True)
class Save:
    """One save of a dashboard.

    Args:
        version: the version that it made.
        at: when, RFC 3339.
        by: who; empty where it was nobody: the server itself, from a file.
        message: what they said about it, empty for nothing.
    """

    version: int
    at: str
    by: str
    message: str


class Interface(Protocol):
    """What both interfaces do for us; `stack/clients/grafana/server.py` says it in full."""

    def folders(self) -> Mapping[str, str]:
        """Give the title of each folder, by uid."""
        ...

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        ...

    def delete_folder(self, uid: str) -> None:
        """Delete a folder with all that is in it."""
        ...

    def listed(self, page: int) -> Iterable[Listed]:
        """List every dashboard, so many at a time."""
        ...

    def inside(self, folder: str) -> Iterable[Live]:
        """Give every dashboard of a folder."""
        ...

    def dashboard(self, uid: str) -> Live:
        """Give one dashboard."""
        ...

    def save(self, model: Mapping[str, Any], folder: str, message: str, mark: str | None) -> None:
        """Save a dashboard: a new one without a mark, on top of any with an empty one."""
        ...

    def delete(self, uid: str) -> None:
        """Delete a dashboard."""
        ...

    def saves(self, uid: str, most: int) -> Iterable[Save]:
        """Give the last saves of a dashboard, the newest first."""
        ...
