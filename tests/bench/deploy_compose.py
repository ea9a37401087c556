"""A stack in containers: a first deploy, a change of one rule, and none at all, beside the same by hand."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.clients.compose import Compose
from stack.runtimes.compose_file import PATH, SOCKET, SOCKET_GROUP, SOCKET_PLACE, fingerprint_variable
from tests.bench.by_hand import await_work, healths
from tests.bench.row import Row
from tests.bench.timing import in_turn, run, timed
from tests.compose_lab import compose_lab, compose_program
from tests.engine import docker
from tests.lab import INVOKE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.compose_lab import ComposeLab

__all__ = ["measure"]

RUNS = 5
RULES = "/v/current/prometheus/rules/Extra.yml"
EMPTY = """
import pathlib, shutil
for one in pathlib.Path("/v").iterdir():
    shutil.rmtree(one) if one.is_dir() else one.unlink()
"""
UP = ("up", "--detach", "--wait")


def measure() -> Iterator[Row]:
    """Deploy where nothing is but the images; empty it all and let Compose alone bring the same file up.

    Then change one rule by a deploy, and by a write into the volume and one reload.
    """
    with tempfile.TemporaryDirectory(prefix="monitoring-bench-") as folder, compose_lab(Path(folder)) as lab:
        lab.rule("Extra", "up > 100")
        lab.invoke("deploy").ok()  # images and the verdicts of rule tests are there from now on
        cold, ours, floors = zip(*(_cold(lab) for _ in range(RUNS)), strict=True)
        lab.invoke("deploy").ok()
        changed, taken, by_hand = zip(*(_rule(lab, number) for number in range(RUNS)), strict=True)
        lab.invoke("deploy").ok()
        idle, versions = in_turn(RUNS, lambda: lab.invoke("deploy").ok(), lambda: run(*INVOKE, "--version"))
    yield from _cold_rows(cold, ours, floors)
    yield Row("deploy in containers, nothing to do", idle, versions, "invoke --version")
    beside = "a write into the volume, and one reload"
    yield Row("one rule in containers, until it is verified", changed, by_hand, beside)
    yield Row("one rule in containers: its stage apply", taken, by_hand, beside)


def _cold_rows(
    cold: tuple[float, ...], ours: tuple[Mapping[str, float], ...], floors: tuple[tuple[float, float], ...]
) -> Iterator[Row]:
    """Give the whole beside all that must be waited for, and each part beside what it cannot do without."""
    up, work = zip(*floors, strict=True)
    bare = "docker compose up -d --wait of the same rendered file"
    worked = "after that, until all targets are up and the first beat is delivered"
    whole = tuple(map(sum, floors))
    yield Row("deploy in containers, cold: all of it", cold, whole, "the two below", "<= 1.5 ÷")
    for stage, floor, beside, aim in (
        ("validate", up, bare, ""),
        ("apply", up, bare, "<= 1.3 ÷"),
        ("smoke", work, worked, ""),
    ):
        seconds = tuple(stages[stage] for stages in ours)
        yield Row(f"deploy in containers, cold: its stage {stage}", seconds, floor, beside, aim)


def _cold(lab: ComposeLab) -> tuple[float, Mapping[str, float], tuple[float, float]]:
    """Deploy; then bring the very same up by hand, and wait until it works: no deploy can be faster."""
    lab.invoke("destroy", "--yes").ok()
    deployed = timed(lambda: lab.invoke("deploy").ok())
    ours, release, targets = _stages(lab), str(_record(lab)["release"]), len(healths(lab))
    document, variables = _file(lab), _variables(lab)
    made = tuple(lab.containers().values())
    docker("kill", *made)
    for volume in ("data-alertmanager", "data-prometheus"):  # it would keep quiet about what it has told
        lab.inside(volume, EMPTY)
    docker("rm", "-f", *made)
    for network in docker("network", "ls", "-q", "--filter", f"name={lab.project}_").split():
        docker("network", "rm", network)
    program = Compose(compose_program(), lab.project)
    up = timed(lambda: program._run(UP, document, variables))
    return deployed, ours, (up, timed(lambda: await_work(lab, targets, release)))


def _rule(lab: ComposeLab, number: int) -> tuple[float, float, float]:
    lab.rule("Extra", f"up > {number}")
    changed = timed(lambda: lab.invoke("deploy").ok())
    return changed, _stages(lab)["apply"], timed(lambda: _by_hand(lab, f"up > {number}.5"))


def _by_hand(lab: ComposeLab, expression: str) -> None:
    """Replace the rule in the live release; the next deploy makes another one."""
    document = {"groups": [{"name": "Extra", "rules": [{"alert": "Extra", "expr": expression}]}]}
    lab.inside("release", f"open({RULES!r}, 'w').write({json.dumps(document)!r})")
    lab.ask("POST", "prometheus", "/-/reload").raise_for_status()


def _record(lab: ComposeLab) -> dict[str, Any]:
    """Give what the last deploy wrote down of itself."""
    newest = max((lab.var / "runs").glob("*-deploy-*.json"))
    found: dict[str, Any] = json.loads(newest.read_bytes())
    return found


def _stages(lab: ComposeLab) -> Mapping[str, float]:
    """Say how many seconds each stage of it took."""
    return {stage["stage"]: float(stage["seconds"]) for stage in _record(lab)["stages"]}


def _file(lab: ComposeLab) -> bytes:
    return lab.inside("release", f"print(open('/v/current/{PATH}').read())").encode()


def _variables(lab: ComposeLab) -> dict[str, str]:
    """Give what the file leaves to be filled in, as the deploy has filled it in."""
    labels = {name: lab.inspect(name)["Config"]["Labels"] for name in lab.containers()}
    made = {fingerprint_variable(name): found["monitoring.fingerprint"] for name, found in labels.items()}
    return {SOCKET_PLACE: SOCKET, SOCKET_GROUP: "0", **made}
