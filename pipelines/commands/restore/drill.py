"""Try whether a backup brings everything back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.core.backup_outcome import export
from pipelines.core.options import Option
from pipelines.core.stage import Pipeline, stage
from pipelines.stages.examine import examine
from pipelines.stages.fetch import fetch
from stack.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backups.source import Step
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Examined, Fetched

__all__ = ["KEEPS", "OPTIONS", "OUTCOME", "run"]

OPTIONS = (Option("snapshot", "which; the newest where it is not given", positional=True),)
OUTCOME = export
KEEPS = True


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a drill has brought back into its throw-away stack, by source."""

    fetched: Fetched
    steps: Mapping[str, tuple[Step, ...]]


@stage
def rehearse(examined: Examined, effects: Effects) -> Rehearsed:
    """Restore into a throw-away stack, and hold it against what was there at the time of the backup."""
    from pipelines.commands.restore._rehearsal import rehearsed  # brings psutil along

    return Rehearsed(examined.fetched, rehearsed(examined.fetched, effects))


DRILL = Pipeline.of(fetch).then(examine).then(rehearse)


def run(effects: Effects) -> int:
    """Restore a snapshot into a throw-away stack, and say how long that took; nothing of it is left."""
    began = time.monotonic()
    done = DRILL.run(effects.options.load(), effects)
    manifest, name = done.fetched.snapshot.manifest, done.fetched.snapshot.id
    took = time.monotonic() - began
    newest = manifest.parts["metrics"].facts["end"] if "metrics" in manifest.parts else manifest.taken
    left = [step for steps in done.steps.values() for step in steps if step.action == "cannot"]
    effects.journal.note(snapshot=name, recovery=took, newest=newest, by_hand=len(left))
    effects.console.result(
        {
            "snapshot": name,
            "recovery_seconds": round(took, 1),
            "newest_sample": newest,
            "parts": {part: dict(manifest.parts[part].counts) for part in done.steps},
            "not_tried": [part for part in done.fetched.parts if part not in {"config", *done.steps}],
            "by_hand": [f"{step.kind} {step.name}: {step.why}" for step in left],
        }
    )
    age = spoken(max(0.0, time.time() - newest))
    more = f"; {len(left)} thing(s) must be done by hand" if left else ""
    effects.console.end(
        f"snapshot {name[:8]} brings {manifest.environment} back in {spoken(took)}; "
        f"its newest sample is {age} old{more}"
    )
    return 0
