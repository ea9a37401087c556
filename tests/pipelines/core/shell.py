"""Tasks run as a shell runs them: another process, an exit code, and what was printed where."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["ROOT", "WIDTH", "Shell"]

ROOT = Path(__file__).parents[3]
WIDTH = 80


class Shell:
    """Runs tasks with nothing of this machine's settings, and what they make below one folder."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.folder = ROOT

    def __call__(self, *words: str, **variables: str) -> tuple[int, str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITORING_")}
        done = subprocess.run(
            [sys.executable, "-m", "invoke", *words],
            cwd=self.folder,
            env={**clean, "MONITORING_VAR": str(self.var), "COLUMNS": str(WIDTH), **variables},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr
