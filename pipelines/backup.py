"""Back up what the live stack alone has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.backup_outcome import export
from pipelines.core.options import Option
from pipelines.core.stage import Pipeline
from pipelines.stages.capture import capture
from pipelines.stages.prune import prune
from pipelines.stages.seal import seal
from pipelines.stages.verify import verify

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Captured, Pruned, Snapshot, VerifiedSnapshot

__all__ = ["ENDINGS", "OPTIONS", "OUTCOME", "PIPELINE", "finish"]

PIPELINE = Pipeline.of(capture).then(seal).then(verify).then(prune)

OPTIONS = (Option("accept_empty", "go on where something is gone that the last backup had", default=False),)

OUTCOME = export


def finish(pruned: Pruned, effects: Effects) -> int:
    """Say what was stored, and where."""
    snapshot = pruned.verified.snapshot
    effects.console.result({**_document(snapshot), "removed": list(pruned.removed)})
    effects.console.end(
        f"{snapshot.manifest.environment} is backed up as {snapshot.id[:8]}: "
        f"{snapshot.manifest.size / 1e6:.1f} MB, {snapshot.added / 1e6:.1f} MB of it new, verified; "
        "next: invoke backup.list, invoke restore.drill"
    )
    return 0


def _document(snapshot: Snapshot) -> dict[str, object]:
    manifest = snapshot.manifest
    return {
        "snapshot": snapshot.id,
        "environment": manifest.environment,
        "release": manifest.release,
        "bytes": manifest.size,
        "added": snapshot.added,
        "parts": {name: dict(part.counts) for name, part in manifest.parts.items()},
    }


def _finish_capture(captured: Captured, effects: Effects) -> int:
    """Say what would be stored; it is removed again with the end of the run."""
    parts = {name: dict(part.counts) for name, part in captured.manifest.parts.items()}
    effects.console.result({"bytes": captured.manifest.size, "parts": parts})
    effects.console.end(f"{captured.manifest.size / 1e6:.1f} MB could be captured, and nothing was stored")
    return 0


def _finish_seal(snapshot: Snapshot, effects: Effects) -> int:
    effects.console.result(_document(snapshot))
    effects.console.end(f"stored as {snapshot.id[:8]}, not verified yet; next: invoke backup.verify")
    return 0


def _finish_verify(verified: VerifiedSnapshot, effects: Effects) -> int:
    effects.console.result({**_document(verified.snapshot), "verified": verified.share})
    effects.console.end(
        f"snapshot {verified.snapshot.id[:8]} is whole; read {verified.share} of the repository"
    )
    return 0


ENDINGS = {"capture": _finish_capture, "seal": _finish_seal, "verify": _finish_verify}
