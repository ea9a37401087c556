"""Render an environment and prove it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.core.stage import Pipeline
from pipelines.stages.render import render
from pipelines.stages.validate import validate

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.values import ValidatedTree

__all__ = ["OPTIONS", "PIPELINE", "finish"]

PIPELINE = Pipeline.of(render).then(validate)

OPTIONS = (Option("online", "also run the checks that ask the live servers", default=False),)


def finish(validated: ValidatedTree, effects: Effects) -> int:
    """Say how many checks passed on what."""
    rendered = validated.rendered
    warnings = sum(len(proof.report.problems) for proof in validated.proofs)
    effects.console.result(
        {
            "release": rendered.id,
            "forecast": validated.forecast.serialise() if validated.forecast else {},
            "checks": [
                {
                    "check": p.check,
                    "proves": p.proves,
                    "seconds": round(p.seconds, 3),
                    "problems": p.report.serialise(),
                }
                for p in validated.proofs
            ],
        }
    )
    told = f", {warnings} warning(s)" if warnings else ""
    effects.console.end(
        f"{rendered.stack.environment.name}: {len(validated.proofs)} checks passed on "
        f"{len(rendered.tree.files)} files{told}; next: invoke deploy.plan"
    )
    return 0
