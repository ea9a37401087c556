"""What the files give is what is live: a deploy would find nothing to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.core.checklist import Line, green, red
from pipelines.core.console import Console
from pipelines.core.journal import Journal
from pipelines.core.stage import Pipeline
from pipelines.stages.plan import changes_something, plan
from pipelines.stages.render import render
from pipelines.stages.validate import validate
from stack.runtimes.protocol import Action

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict
    from pipelines.core.effects import Effects
    from pipelines.core.values import Plan

__all__ = ["LINE"]

DRY_RUN = Pipeline.of(render).then(validate).then(plan)
"""The prefix of a deploy that changes nothing."""


def _run(look: Look) -> Verdict:
    made: Plan = DRY_RUN.run(look.loaded, _quiet(look.effects))
    if not changes_something(made):
        return green(f"the files give release {made.release.id}, which is live")
    changes = [
        f"{one.action.value} {one.service}" for one in made.changes if one.action is not Action.NOTHING
    ]
    what = ", ".join(changes) or "no service changes"
    said = f"the files give release {made.release.id}, but {made.base or 'nothing'} is live ({what})"
    return red(said, f"{look.command('deploy.plan')}, then {look.command('deploy')}")


def _quiet(effects: Effects) -> Effects:
    """Let the stages run without a word and a record: `--out` of the checklist is none of the plan's."""
    options = replace(effects.options, values={})
    journal = Journal(effects.journal.folder, "deploy.plan", options.environment, keeps=False)
    return replace(effects, options=options, console=Console(json=True), journal=journal)


LINE = Line(asks="What the files give is live: a deploy would find nothing to do.", run=_run)
