"""Go back to a proved release, and prove it again."""

from __future__ import annotations

from pipelines.core.bring_back import recovery
from pipelines.core.options import Option
from pipelines.core.outcome import export
from pipelines.core.stage import Pipeline
from pipelines.deploy import finish
from pipelines.stages.apply import apply
from pipelines.stages.choose import choose
from pipelines.stages.plan import plan
from pipelines.stages.smoke import smoke
from pipelines.stages.validate import validate

__all__ = ["OPTIONS", "OUTCOME", "PIPELINE", "finish"]

PIPELINE = (
    Pipeline.of(choose)
    .then(validate)
    .then(plan)
    .then(apply)
    .then(smoke)
    .recovering(apply, smoke, by=recovery(smoke))
)

OPTIONS = (
    Option("release", "the release to go back to; the last proved one before this one", positional=True),
    Option("discard_edits", "lose what was edited in Grafana since the last deploy", default=False),
)

OUTCOME = export
