"""The last stage: the live stack itself says that it is what was rendered, and that it works."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Sight, Waiting
from pipelines.core.recall import recall_live
from pipelines.core.stage import from_disk, stage
from pipelines.core.values import Finding, SmokeReport
from stack.discover import definitions
from stack.duration import seconds
from stack.errors import HttpFailed, SmokeFailed, StackError
from stack.report import Problem, Report
from stack.runtimes.protocol import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.effects import Effects
    from stack.runtimes.protocol import Release

__all__ = ["prove", "smoke"]

PAUSE = 0.1
"""Seconds between two asks of one probe."""


@from_disk(recall_live)
@stage
def smoke(release: Release, effects: Effects) -> SmokeReport:
    """Ask the live stack whether it works."""
    live = effects.runtime.live()
    # A deploy, start or restart that changed nothing of what was proved asks only what answers at once.
    quick = live.state is State.PROVED and effects.journal.facts.get("changed") is False
    findings = _ask_all(release, effects, quick=quick, since=live.activated_at)
    said = [[f.probe, f.passed, f.said, round(f.seconds, 3)] for f in findings]
    effects.journal.note(findings=said, asked_release=release.id)
    prove(release, findings)
    effects.runtime.prove(release.id)
    return SmokeReport(release, findings)


def prove(release: Release, findings: tuple[Finding, ...]) -> None:
    """Refuse a release of which a probe did not pass.

    Raises:
        SmokeFailed: with a problem for each such probe.
    """
    missing = [Problem(f.probe, f.probe, f.said) for f in findings if not f.passed]
    if missing:
        raise SmokeFailed(release=release.id, report=Report.of(missing))


def _ask_all(release: Release, effects: Effects, *, quick: bool, since: float) -> tuple[Finding, ...]:
    probes = _wanted(release, quick=quick)
    limit = seconds(release.stack.environment.smoke_deadline)
    sight, deadline = Sight(release, effects.runtime, since), time.monotonic() + limit
    with ThreadPoolExecutor(max_workers=max(1, len(probes))) as pool:
        halt = threading.Event()
        asked = [pool.submit(_poll, name, probe, sight, deadline, halt) for name, probe in probes.items()]
        try:
            return tuple(_show(future.result(), effects) for future in asked)
        finally:
            halt.set()  # an interrupt must not wait for the deadline


def _show(finding: Finding, effects: Effects) -> Finding:
    effects.console.item("✓" if finding.passed else "✗", f"{finding.probe:<20} {finding.said}")
    return finding


def _wanted(release: Release, *, quick: bool) -> Mapping[str, Probe]:
    services, environment = release.stack.services.keys(), release.stack.environment
    return {
        name: probe
        for name, probe in definitions("pipelines.probes", "PROBE", Probe).items()
        if services >= set(probe.needs) and (probe.quick or not quick) and probe.wanted(environment)
    }


def _poll(name: str, probe: Probe, sight: Sight, deadline: float, halt: threading.Event) -> Finding:
    before = time.monotonic()
    while True:
        try:
            said = probe.run(sight)
        except (Waiting, StackError) as missing:
            # No answer yet may become one; any other error of ours, as a refused login, stays what it is.
            final = not isinstance(missing, Waiting | HttpFailed)
            if final or halt.is_set() or time.monotonic() > deadline:
                return Finding(name, passed=False, said=str(missing), seconds=time.monotonic() - before)
        except Exception as bug:  # noqa: BLE001 # a probe's bug must not leave an unproved release live
            return Finding(name, passed=False, said=f"the probe itself failed: {type(bug).__name__}: {bug}")
        else:
            return Finding(name, passed=True, said=said, seconds=time.monotonic() - before)
        halt.wait(PAUSE)
