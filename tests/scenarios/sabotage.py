"""A task in which one function does something else than it should."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.lab import ROOT, Said

if TYPE_CHECKING:
    from tests.lab import Lab

__all__ = ["killed", "killed_deploy", "sabotaged", "sabotaged_deploy"]

# `{instead}` defines a function of that name; `real` is the one that it takes the place of.
SCRIPT = """
import importlib, os, signal, sys
path = sys.argv.pop(1)
parts = path.split(".")
for cut in range(len(parts) - 1, 0, -1):
    try:
        owner = importlib.import_module(".".join(parts[:cut]))
        break
    except ModuleNotFoundError:
        continue
for name in parts[cut:-1]:
    owner = getattr(owner, name)
assert hasattr(owner, parts[-1]), path
real = getattr(owner, parts[-1])
{instead}
setattr(owner, parts[-1], instead)
from invoke.main import program
sys.argv[0] = "invoke"
program.run()
"""

KILL = """
def instead(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def sabotaged(lab: Lab, where: str, instead: str, *words: str) -> Said:
    """Run a task in which a function is replaced by the `instead` that this source text defines."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{instead}", instead), where, *words],
        cwd=ROOT,
        env=lab.variables(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def sabotaged_deploy(lab: Lab, where: str, instead: str) -> Said:
    """Run a deploy in which a function is replaced."""
    return sabotaged(lab, where, instead, "deploy")


def killed(lab: Lab, where: str, *words: str) -> int:
    """Run a task that is killed with SIGKILL as it comes to a function, and give its exit code."""
    return sabotaged(lab, where, KILL, *words).code


def killed_deploy(lab: Lab, where: str) -> int:
    """Run a deploy that is killed with SIGKILL as it comes to a function, and give its exit code."""
    return killed(lab, where, "deploy")
