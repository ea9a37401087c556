"""Who is told of an alert is what the routing tests say: the exact receivers, in their order, each once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelines.checks._routing import receivers, refused, routing_tests, told
from pipelines.core.check import ALERTMANAGER, Check
from pipelines.core.memory import program, stamp
from stack.clients.amtool import Amtool
from stack.emit import to_json
from stack.errors import CommandFailed
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.routing_tests import RouteCase

__all__ = ["CHECK"]

HINT = "mend the routes or the case; a site's own file of this name comes in place of the shipped one"


def _run(inspection: Inspection) -> Iterator[Problem]:
    known = receivers(inspection)
    cases = [
        (where, case)
        for where, case in routing_tests(inspection).routes()
        if known.keys() >= set(case.receivers)
    ]
    if cases:
        yield from _wrong(cases, inspection)


def _wrong(cases: list[tuple[str, RouteCase]], inspection: Inspection) -> Iterator[Problem]:
    """Ask amtool for the cases whose verdict on this very configuration is not known yet."""
    amtool = Amtool(inspection.tools["amtool"])
    rested_on = (program(amtool.path), inspection.tree.files[ALERTMANAGER])
    verdicts = {where: stamp((*rested_on, to_json([case.labels, case.receivers]))) for where, case in cases}
    unknown = [(where, case) for where, case in cases if not inspection.memory.knows(verdicts[where])]
    answers = _ask(amtool, [case for _, case in unknown], inspection)
    for (where, case), answer in zip(unknown, answers, strict=True):
        if not answer:
            inspection.memory.learn([verdicts[where]])
        elif isinstance(answer, tuple):
            yield Problem("amtool_routes", where, _summary(case, answer), hint=HINT)
        elif not refused(inspection):
            yield Problem("amtool_routes", where, f"'{case.name}': amtool cannot tell who is told: {answer}")


def _ask(amtool: Amtool, cases: list[RouteCase], inspection: Inspection) -> list[tuple[str, ...] | str]:
    """Give who is told in each case, where it is not just whom it says; or why amtool cannot tell."""
    file = inspection.folder / "current" / ALERTMANAGER

    def ask(case: RouteCase) -> tuple[str, ...] | str:
        try:
            return amtool.misrouted(file, case.labels, case.receivers)
        except CommandFailed as error:
            return str(error)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ask, cases))


def _summary(case: RouteCase, answer: tuple[str, ...]) -> str:
    twice = sorted({name for name in answer if answer.count(name) > 1} - _repeated(case))
    more = f"; {told(twice)} more than once" if twice else ""
    return f"'{case.name}': told are {told(answer)}{more}; expected are {told(case.receivers)}"


def _repeated(case: RouteCase) -> set[str]:
    return {name for name in case.receivers if case.receivers.count(name) > 1}


CHECK = Check(proves="every alert of the routing tests reaches just whom they say", run=_run)
