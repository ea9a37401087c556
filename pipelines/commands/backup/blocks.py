"""Back up finished blocks of metrics alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.recall import recall_live
from pipelines.core.shelf import open_shelf
from pipelines.core.stage import Pipeline, stage
from pipelines.core.stretch import STRETCH, asked_stretch
from pipelines.stages.capture import opening, take
from pipelines.stages.prune import prune
from pipelines.stages.seal import seal
from pipelines.stages.verify import verify

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Captured
    from stack.load import Loaded

__all__ = ["KEEPS", "OPTIONS", "run"]

OPTIONS = STRETCH
KEEPS = True


@stage
def capture(loaded: Loaded, effects: Effects) -> Captured:
    """Copy the blocks that the live Prometheus has finished, and its release."""
    stretch, release = asked_stretch(effects), recall_live(effects)
    shelf = open_shelf(loaded.environment, effects, alone=True)
    with opening(shelf, effects) as last:
        return take(release, shelf, last, effects, stretch)


BLOCKS = Pipeline.of(capture).then(seal).then(verify).then(prune)


def run(effects: Effects) -> int:
    """Store them, and say which they are."""
    pruned = BLOCKS.run(effects.options.load(), effects)
    snapshot = pruned.verified.snapshot
    metrics, name = snapshot.manifest.parts["metrics"], snapshot.id[:8]
    effects.console.result(
        {
            "snapshot": snapshot.id,
            "added": snapshot.added,
            "counts": dict(metrics.counts),
            "start": metrics.facts["start"],
            "end": metrics.facts["end"],
            "removed": list(pruned.removed),
        }
    )
    effects.console.end(
        f"{metrics.said()} are kept as {name}, {snapshot.added / 1e6:.1f} MB of it new, verified; "
        f"next: invoke restore {name} --only metrics"
    )
    return 0
