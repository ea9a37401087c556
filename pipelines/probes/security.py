"""From outside nothing is open that should be closed; asked where an environment says `audit: true`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.audit import Outside, audit
from pipelines.core.probe import Probe
from stack.errors import Refused
from stack.report import Report

if TYPE_CHECKING:
    from pipelines.core.probe import Sight
    from stack.environment import Environment

__all__ = ["PROBE"]


def _wanted(environment: Environment) -> bool:
    return environment.audit


def _run(sight: Sight) -> str:
    found = audit(Outside(sight.release.stack, sight.runtime))
    whole = Report.of(problem for one in found for problem in one.report.problems)
    if not whole:
        # Not asked again: what is open stays open, and each time would try a password.
        raise Refused(message=whole.summary(), hint="`invoke security.audit` lists all of it")
    return f"{sum(one.asked for one in found)} audits found nothing open"


PROBE = Probe(asks="whether anything is open that should be closed", run=_run, wanted=_wanted)
