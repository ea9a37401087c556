"""What the runtime remembers between runs: how far the live release has come, and which ones were proved."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.runtimes.protocol import State
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Record"]


@dataclass(frozen=True, slots=True)
class Record:
    """The note beside the `current` link.

    Args:
        release: the release that was activated last.
        state: how far that came, by the name of a `State`.
        activated: unix seconds of each kept release's last activation.
        proved: unix seconds at which each kept release last passed its smoke test.
    """

    release: str | None = None
    state: str = State.ACTIVATING.value
    activated: Mapping[str, float] = field(default_factory=dict)
    proved: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read the note; one that is absent or unreadable counts as an activation that was cut off."""
        try:
            return cls(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return cls()

    def write(self, path: Path) -> None:
        """Replace the note."""
        write_atomically(path, to_json(asdict(self)))

    def begun(self, release: str, now: float) -> Record:
        """Note that the activation of a release begins."""
        activated = {**self.activated, release: now}
        return replace(self, release=release, state=State.ACTIVATING.value, activated=activated)

    def ended(self) -> Record:
        """Note that the release's services have taken it."""
        return replace(self, state=State.ACTIVE.value)

    def proven(self, now: float) -> Record:
        """Note that the release has passed its smoke test."""
        if self.release is None:
            return self
        return replace(self, state=State.PROVED.value, proved={**self.proved, self.release: now})

    def without(self, gone: set[str]) -> Record:
        """Forget releases that are no longer kept."""
        return replace(
            self,
            activated={name: at for name, at in self.activated.items() if name not in gone},
            proved={name: at for name, at in self.proved.items() if name not in gone},
        )
