"""Where the native runtime keeps what it makes: one folder an environment, nothing of it outside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files below `var/<environment>/`.

    `current/<service>/` and `work/<service>/` are equally deep, so that one relative path leads from a
    service's configuration and from its working folder to the same secret.
    """

    root: Path

    @property
    def releases(self) -> Path:
        """The folder of kept releases, one folder each."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """The link to the live release."""
        return self.root / "current"

    @property
    def secrets(self) -> Path:
        """The folder of secret values, one file each."""
        return self.root / "secrets"

    @property
    def watched(self) -> Path:
        """The folder of files that a server watches; they keep their place from release to release."""
        return self.root / "watched"

    @property
    def textfile(self) -> Path:
        """The folder whose metrics node exporter passes on."""
        return self.root / "textfile"

    @property
    def discovered(self) -> Path:
        """The folder of files of targets, which Prometheus watches and others write."""
        return self.root / "discovered"

    @property
    def record(self) -> Path:
        """The note of what was activated and proved."""
        return self.root / "state.json"

    @property
    def lock(self) -> Path:
        """The file that a run holds locked while it changes the environment."""
        return self.root / "lock"

    @property
    def supervisor(self) -> Path:
        """The folder of supervisor's own files."""
        return self.root / "supervisor"

    def data(self, service: str) -> Path:
        """Give the folder of a service's state."""
        return self.root / "data" / service

    def work(self, service: str) -> Path:
        """Give a service's working folder."""
        return self.root / "work" / service

    def log(self, service: str) -> Path:
        """Give a service's log."""
        return self.root / "logs" / f"{service}.log"

    def live_id(self) -> str | None:
        """Give the id of the release behind the link, None where there is none."""
        try:
            return os.path.basename(self.current.readlink())  # noqa: PTH119 # a link's text is no path of ours
        except OSError:
            return None

    def flip(self, release: str) -> None:
        """Let the link point to a release by one `rename(2)`."""
        fresh = self.root / f".current.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(f"releases/{release}")
        fresh.replace(self.current)
