"""The third stage: what would happen, and why; it asks and changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.changes import changes, is_healing
from pipelines.core.stage import stage
from pipelines.core.values import Plan
from stack.emit import to_json
from stack.errors import EditsAtRisk, PlanStale, Refused
from stack.references import needed_secrets
from stack.runtimes.protocol import Action
from stack.tree import Tree, write_atomically

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.values import ValidatedTree
    from stack.runtimes.protocol import Live

__all__ = ["changes_something", "document", "plan"]

MARKS = {
    Action.CREATE: "+",
    Action.RECREATE: "±",
    Action.RELOAD: "~",
    Action.REMOVE: "-",
    Action.NOTHING: "·",
}


@stage
def plan(validated: ValidatedTree, effects: Effects) -> Plan:
    """Say what would happen and why; change nothing."""
    live = effects.runtime.live()
    made = _keeping_edits(_compare(validated, live, effects), live, effects)
    _preflight(made, effects)
    _show(made, effects)
    if effects.options.text("out"):
        write_atomically(Path(effects.options.text("out")), to_json(document(made)))
    if effects.options.text("plan"):
        _refuse_another(made, Path(effects.options.text("plan")))
    return made


def changes_something(made: Plan) -> bool:
    """Say whether applying a plan would do anything."""
    return made.base != made.release.id or any(c.action is not Action.NOTHING for c in made.changes)


def document(made: Plan) -> dict[str, Any]:
    """Give a plan as it is kept and printed."""
    return {
        "environment": made.release.stack.environment.name,
        "base": made.base,
        "release": made.release.id,
        "changes": [
            {"service": c.service, "action": c.action.value, "reason": c.reason} for c in made.changes
        ],
        "diff": list(made.diff),
        "discarded": list(made.discarded),
    }


def _compare(validated: ValidatedTree, live: Live, effects: Effects) -> Plan:
    rendered = validated.rendered
    rotated = effects.runtime.rotated(needed_secrets(rendered.stack, rendered.tree))
    fingerprints = effects.runtime.fingerprints(rendered.stack, rendered.tree)
    return Plan(
        validated=validated,
        base=live.release,
        changes=changes(rendered.stack, rendered.tree, fingerprints, live, rotated),
        diff=tuple(rendered.tree.diff(live.tree or Tree({}))) if live.release != rendered.id else (),
        healing=is_healing(live),
    )


def _keeping_edits(made: Plan, live: Live, effects: Effects) -> Plan:
    """Stop where an edit made in Grafana would be lost, or note that it is to be.

    Raises:
        EditsAtRisk: with a problem for each such dashboard.
    """
    from pipelines.grafana.risk import edits_at_risk, reinstate, report_of  # brings Grafana's client along

    lost = edits_at_risk(made.release, live, effects)
    report = report_of(lost)
    if lost and not effects.options.flag("discard_edits"):
        effects.console.report(report)
        raise EditsAtRisk(report=report)
    for problem in report.problems:
        effects.console.item("!", f"discarded: {problem.line()}")
    if lost:
        effects.journal.note(discarded_edits=[problem.line() for problem in report.problems])
    return replace(made, changes=reinstate(made.changes, lost), discarded=tuple(edit.stem for edit in lost))


def _preflight(made: Plan, effects: Effects) -> None:
    from stack.preflight import inspect_machine  # brings psutil along

    report = inspect_machine(made.release.stack, effects.folder)
    effects.console.report(report)


def _show(made: Plan, effects: Effects) -> None:
    for change in made.changes:
        if change.action is not Action.NOTHING:
            effects.console.item(
                MARKS[change.action], f"{change.service:<16} {change.action.value}: {change.reason}"
            )
    if made.base and made.diff:
        effects.console.say(*(f"    {line}" for line in made.diff))


def _refuse_another(made: Plan, path: Path) -> None:
    """Let only the plan pass that was printed, against what it was made against."""
    try:
        kept = json.loads(path.read_bytes())
        base, release = kept["base"], kept["release"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(message=f"{path} is no plan of ours: {error}") from error
    if base != made.base:
        raise PlanStale(base=base or "nothing", live=made.base or "nothing")
    if release != made.release.id:
        message = f"{path} leads to release {release}, but the files now give {made.release.id}"
        raise Refused(message=message, hint="make a new plan")
