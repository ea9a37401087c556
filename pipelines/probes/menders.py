"""What is killed would be started again: those who do it run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting
from stack.runtimes.compose_file import MENDERS, SERVICE, read_services

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]


def _run(sight: Sight) -> str:
    states = {
        facts["Config"]["Labels"].get(SERVICE): facts["State"]["Status"]
        for facts in sight.runtime.inspected()
    }
    wanted = sorted(read_services(sight.release.tree).keys() & set(MENDERS))
    for name in wanted:
        if states.get(name) != "running":
            raise Waiting(f"{name} is {states.get(name, 'gone')}; see `invoke logs {name}`")
    return f"{len(wanted)} menders run"


PROBE = Probe(
    asks="whether what is killed would be started again",
    run=_run,
    quick=True,
    wanted=lambda environment: environment.runtime == "compose",
)
