"""Every service runs, is ready, and is ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.probes.ready import PROBE
from stack.runtimes.protocol import ServiceStatus
from tests.contracts.tiny import deploy
from tests.pipelines.core.doubles import Noting

if TYPE_CHECKING:
    from pathlib import Path


def test_a_deployed_stack_is_ready(scene: Any) -> None:
    made = scene()
    deploy(made.sight.runtime, made.sight.release)

    count = len(made.sight.release.stack.services)
    assert PROBE.run(made.sight).startswith(f"{count} services run, are ready, and are the ones")


def test_each_service_that_is_not_is_named(scene: Any, waits: Any) -> None:
    made = scene(ports={"sink": 7})
    said = waits(PROBE, made)
    assert said.count("; ") == len(made.sight.release.stack.services) - 1
    assert "node is stopped and not ready" in said

    made.sight.runtime.taken[7] = "somebody"
    assert "on port 7 another process answers than our sink" in waits(PROBE, made)


def test_one_that_runs_and_still_replays_its_log_is_not_ready(scene: Any, waits: Any, tmp_path: Path) -> None:
    made = scene()
    well, starting = (ServiceStatus(name, "running", ready=name == "a", port=1) for name in "ab")
    runtime = Noting(tmp_path, statuses=(well, starting))

    assert (
        waits(PROBE, replace(made, sight=replace(made.sight, runtime=runtime)))
        == "b is running and not ready"
    )
