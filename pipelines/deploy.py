"""Bring an environment up to date, and prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.addresses import shown_at
from pipelines.core.bring_back import recovery
from pipelines.core.options import Option
from pipelines.core.outcome import export
from pipelines.core.stage import Pipeline
from pipelines.stages.apply import apply
from pipelines.stages.plan import changes_something, document, plan
from pipelines.stages.render import render
from pipelines.stages.smoke import smoke
from pipelines.stages.validate import validate
from stack.runtimes.protocol import Action

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.values import Plan, Release, SmokeReport

__all__ = ["ENDINGS", "OPTIONS", "OUTCOME", "PIPELINE", "finish"]

PIPELINE = (
    Pipeline.of(render)
    .then(validate)
    .then(plan)
    .then(apply)
    .then(smoke)
    .recovering(apply, smoke, by=recovery(smoke))
)

OPTIONS = (
    Option("out", "write the plan to this file"),
    Option("plan", "apply just the plan in this file, and refuse where anything else would be done"),
    Option("discard_edits", "lose what was edited in Grafana since the last deploy", default=False),
)

OUTCOME = export


def finish(report: SmokeReport, effects: Effects) -> int:
    """Say what runs where, and what to do next."""
    stack = report.release.stack
    effects.console.result(
        {
            "environment": stack.environment.name,
            "release": report.release.id,
            "services": {name: shown_at(effects, stack, name) for name in stack.services},
            "findings": [{"probe": f.probe, "passed": f.passed, "said": f.said} for f in report.findings],
        }
    )
    where = ", ".join(f"{name} :{stack.port(name)}" for name in stack.services)
    effects.console.end(
        f"{stack.environment.name} runs release {report.release.id}, "
        f"proved by {len(report.findings)} probes: {where}; next: invoke open, invoke status"
    )
    return 0


def _finish_plan(made: Plan, effects: Effects) -> int:
    """Exit with 0 where there is nothing to do, with 2 where there is."""
    effects.console.result(document(made))
    if not changes_something(made):
        effects.console.end(f"nothing to do: {made.release.id} is live")
        return 0
    count = sum(change.action is not Action.NOTHING for change in made.changes)
    effects.console.end(f"{count} service(s) would change; next: invoke deploy")
    return 2


def _finish_apply(release: Release, effects: Effects) -> int:
    """Say that the release is live, and not proved yet."""
    effects.console.result({"release": release.id})
    effects.console.end(f"release {release.id} is live; next: invoke deploy.smoke")
    return 0


ENDINGS = {"plan": _finish_plan, "apply": _finish_apply}
