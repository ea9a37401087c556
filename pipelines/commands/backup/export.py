"""Write Grafana's part of a snapshot into one file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.core.shelf import recall_snapshot
from stack.errors import NothingKept, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.effects import Effects
    from pipelines.core.kept import Fetched, Snapshot

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("snapshot", "which; the newest where it is not given", positional=True),
    Option("out", "the file to write, a .tar.gz; one that is there is replaced when all is well"),
)

PART = "dashboards"

OWNER_ONLY = 0o600
"""The repository is encrypted and this file is not: the text of a panel may hold somebody's password."""


def run(effects: Effects) -> int:
    """Write it, readable, after every file was seen to be what was stored."""
    from stack.tree import write_atomically

    target = _target(effects)
    snapshot = recall_snapshot(effects)
    _refuse_without(snapshot)
    files = _files(_fetched(snapshot, effects))
    data = _packed(files, snapshot)
    write_atomically(target, data, mode=OWNER_ONLY)
    effects.console.result(_document(target, data, files, snapshot))
    effects.console.end(
        f"{target} has the {len(files)} object(s) of Grafana in snapshot {snapshot.id[:8]}: "
        f"{len(data) / 1e6:.1f} MB, not encrypted"
    )
    return 0


def _document(target: Path, data: bytes, files: Mapping[str, bytes], snapshot: Snapshot) -> dict[str, object]:
    return {
        "snapshot": snapshot.id,
        "environment": snapshot.manifest.environment,
        "file": str(target),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "counts": dict(snapshot.manifest.parts[PART].counts),
        "files": sorted(files),
    }


def _target(effects: Effects) -> Path:
    """Give the file to write, before anything is fetched for it.

    Raises:
        Refused: none was named, or it is a folder.
    """
    text = effects.options.text("out")
    if not text:
        raise Refused(message="backup.export takes --out FILE", hint="--out grafana.tar.gz")
    path = Path(text).expanduser()
    if path.is_dir():
        raise Refused(message=f"--out takes a file, and {path} is a folder")
    return path


def _refuse_without(snapshot: Snapshot) -> None:
    if PART not in snapshot.manifest.parts:
        held = ", ".join(sorted(snapshot.manifest.parts)) or "nothing"
        message = f"snapshot {snapshot.id[:8]} holds no {PART}; it holds {held}"
        hint = (
            f"only a stack with Grafana has them: `invoke backup.list --env {snapshot.manifest.environment}`"
        )
        raise NothingKept(message=message, hint=hint)


def _fetched(snapshot: Snapshot, effects: Effects) -> Fetched:
    """Bring the part back into a folder that is gone when the run ends, and see that it is whole.

    Raises:
        RepositoryFailed: it cannot be read, or is not what was stored.
    """
    from backups.source import Tools
    from pipelines.stages.examine import refuse_damaged
    from pipelines.stages.fetch import brought

    fetched = brought(snapshot, (PART,), effects)
    # JSON is judged by itself: nothing that runs a stack has to be here.
    refuse_damaged(fetched, Tools({}, effects.console.doing), effects)
    return fetched


def _files(fetched: Fetched) -> Mapping[str, bytes]:
    from backups.grafana.portable import portable

    return portable(fetched.folder / PART)


def _packed(files: Mapping[str, bytes], snapshot: Snapshot) -> bytes:
    """Pack them with a manifest like the snapshot's, of this part alone and of the files as they are here."""
    from backups.bundle import bundled
    from backups.manifest import NAME, Entry, Manifest, Part
    from stack.emit import to_json

    told = snapshot.manifest
    entries = {path: Entry(len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()}
    part = Part(told.parts[PART].counts, told.parts[PART].facts, entries)
    made = Manifest(told.environment, told.taken, told.release, told.programs, {PART: part})
    whole = {**files, NAME: to_json({**made.document(), "snapshot": snapshot.id})}
    return bundled({f"grafana-{told.environment}/{path}": data for path, data in whole.items()})
