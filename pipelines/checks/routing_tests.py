"""The environment has routing tests, they ask of what is there, and no receiver is left out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checks._alerts import alert_bodies
from pipelines.checks._routing import receivers, routing_tests
from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.known import Sender
from stack.references import RELEASE
from stack.report import Problem, Severity
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection
    from stack.alerting.known import Known
    from stack.routing_tests import Read

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    if ALERTMANAGER not in inspection.tree.files:
        return
    if inspection.stack.routing_tests is None:
        yield _missing(inspection)
        return
    tests = routing_tests(inspection)
    yield from tests.problems
    if not tests.problems:
        yield from _unknown(tests, inspection)
        yield from _unreal(tests, inspection)
        yield from _unreached(tests, inspection)


def _missing(inspection: Inspection) -> Problem:
    name = inspection.stack.environment.name
    summary = f"environment {name} has no routing tests: nobody knows who is told of what"
    hint = "write one case for each receiver; docs/routing.md says how"
    return Problem("routing_tests", f"rules/tests/routing/{name}.yml", summary, inspection.house, hint=hint)


def _unknown(tests: Read, inspection: Inspection) -> Iterator[Problem]:
    """Find receivers and alerts that the cases name and that do not exist."""
    for where, case in tests.routes():
        for name in dict.fromkeys((*case.receivers, *case.groups)):
            yield from _stranger(where, name, inspection)
    for where, time in tests.times():
        for name in dict.fromkeys(time.receivers or ()):
            yield from _stranger(where, name, inspection)
    for where, inhibition in tests.inhibitions():
        for stranger in inhibition.strangers:
            yield Problem(
                "routing_tests", where, f"`told` names {stranger}, which is none of those that fire"
            )


def _stranger(where: str, name: str, inspection: Inspection) -> Iterator[Problem]:
    known = receivers(inspection)
    if name not in known:
        own = (
            "; a site's own file of this name comes in place of this one" if inspection.stack.overlaid else ""
        )
        hint = suggestion(name, known) + own
        yield Problem("routing_tests", where, f"there is no receiver '{name}'", hint=hint)


def _unreal(tests: Read, inspection: Inspection) -> Iterator[Problem]:
    """Find alerts that no rule sends: what a case says of them is about nothing."""
    sender = Sender(inspection.prometheus, inspection.syntax)
    alerts: dict[str, list[Known]] = {}
    for body in alert_bodies(inspection):
        alerts.setdefault(str(body.get("alert")), []).append(sender.sends(body))
    # With rules left out, cases of theirs are about nothing on purpose.
    lenient = bool(inspection.stack.environment.disable.rules)
    severity = Severity.WARNING if lenient else inspection.house
    for where, labels in _alerts_of(tests):
        for fault in _faults(labels, alerts):
            yield Problem("routing_tests", where, fault, severity)


def _alerts_of(tests: Read) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield from ((where, case.labels) for where, case in tests.routes())
    yield from ((where, case.labels) for where, case in tests.times())
    for where, inhibition in tests.inhibitions():
        for labels in inhibition.firing:
            yield where, labels


def _faults(labels: Mapping[str, str], alerts: Mapping[str, list[Known]]) -> Iterator[str]:
    name = labels.get("alertname", "")
    known = alerts.get(name, []) if name else [one for some in alerts.values() for one in some]
    if not known:
        yield f"no rule sends an alert '{name}'" if name else "no rule sends any alert"
    elif not any(_fits(labels, one) for one in known):
        if len(known) == 1:
            yield f"no alert {name} has these labels: {_unlike(labels, known[0])}"
        else:
            yield f"no alert {name}".rstrip() + " has these labels"


def _fits(labels: Mapping[str, str], known: Known) -> bool:
    return not _unlike(labels, known)


def _unlike(labels: Mapping[str, str], known: Known) -> str:
    for name, value in labels.items():
        real = known.value(name)
        if real is not None and value not in {real, RELEASE}:
            return f"it has {name}={real}" if real else f"it has no label {name}"
    always = {*known.fixed, "env"} if "alertname" in labels else set()
    left_out = sorted(name for name in always if name not in labels and known.supposed(name))
    return f"it always has {' and '.join(left_out)} as well" if left_out else ""


def _unreached(tests: Read, inspection: Inspection) -> Iterator[Problem]:
    asked = {name for _, case in tests.routes() for name in case.receivers}
    asked |= {name for _, case in tests.times() for name in case.receivers or ()}
    for name, index in receivers(inspection).items():
        if name not in asked:
            where = inspection.place(ALERTMANAGER, "receivers", index)
            summary = f"no routing test reaches receiver '{name}'"
            hint = f"add a case to rules/tests/routing/{inspection.stack.environment.name}.yml"
            yield Problem("routing_tests", where, summary, Severity.WARNING, hint=hint)


CHECK = Check(proves="the routing tests ask of every receiver, and of alerts that exist", run=_run)
