"""List the kept releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print each release's id, when it was activated last, and whether it was proved."""
    live, kept = effects.runtime.live().release, effects.runtime.releases()
    effects.console.result(
        [
            {"release": name, "activated": at, "proved": proved, "live": name == live}
            for name, at, proved in kept
        ]
    )
    effects.console.table(
        ("RELEASE", "ACTIVATED", "PROVED", ""),
        (
            (name, _moment(at), "yes" if proved else "no", "live" if name == live else "")
            for name, at, proved in kept
        ),
    )
    effects.console.end(f"{len(kept)} release(s) kept; go back with: invoke rollback RELEASE")
    return 0


def _moment(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%SZ") if unix else "never"
