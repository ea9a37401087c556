"""Several environments on one engine, and several people at one environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.compose_lab import SMALL, ComposeLab, compose_lab
from tests.lab import ROOT, until
from tests.own_engine import own_engine
from tests.scenarios.sabotage import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]


def test_dev_staging_and_prod_are_deployed_side_by_side_and_one_ends_without_the_others(
    tmp_path: Path,
) -> None:
    # The usual address pools of an engine that others use as well may not have nine networks left.
    with own_engine(), ExitStack() as ending:
        labs = [
            ending.enter_context(compose_lab(tmp_path / name, name)) for name in ("dev", "staging", "prod")
        ]
        deploys = [lab.start("deploy") for lab in labs]  # at the same time
        said = [deploy.communicate(timeout=600)[0] for deploy in deploys]
        assert [deploy.returncode for deploy in deploys] == [0, 0, 0], said
        for lab in labs:
            assert lab.containers().keys() == set(SMALL), lab.parent
            assert {one["metric"]["env"] for one in lab.query("up")} == {lab.name}, lab.parent

        others = [lab.containers() for lab in labs[1:]]
        labs[0].invoke("destroy", "--yes").ok()
        assert [lab.containers() for lab in labs[1:]] == others
        assert all(lab.serving() for lab in labs[1:])


def test_a_second_operator_is_told_who_has_the_environment(compose: ComposeLab, tmp_path: Path) -> None:
    second = ComposeLab(tmp_path, ports=dict(compose.ports), name=compose.name)
    (second.var).mkdir()
    (second.var / "cache").symlink_to(compose.var / "cache")
    shutil.copytree(compose.site, second.site)
    compose.rule("Extra", "up > 5")
    hold = "def instead(*a, **k):\n    import time; time.sleep(60); return real(*a, **k)\n"
    first = _start(compose, "stack.runtimes.compose_activation._bring", hold)
    try:
        assert until(compose.keepers, 90.0), "the first one has the lock"
        assert until(lambda: "deploy on" in _holder(compose), 30.0)
        second.rule("Other", "up > 6")
        said = second.invoke("deploy")
    finally:
        first.kill()
        first.wait(30)

    assert said.code == 8, said.out + said.err
    assert f"another run is changing environment {compose.name}: deploy on" in said.last


def _holder(lab: ComposeLab) -> str:
    return lab.inside("release", "print(open('/v/lock').read())")


def _start(lab: ComposeLab, where: str, instead: str) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", SCRIPT.replace("{instead}", instead), where, "deploy"]
    return subprocess.Popen(argv, cwd=ROOT, env=lab.variables(), stdout=subprocess.DEVNULL)
