"""The double, laid out as a release archive of Grafana is."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from tests.doubles.grafana.settings import VERSION

__all__ = ["install"]

ROOT = Path(__file__).parents[3]
# From any folder and without variables; -P, so that a folder `tests` where it is started is not ours.
SCRIPT = """#!/bin/sh
export PYTHONPATH={root} DOUBLE_VERSION={version}
exec {python} -P -m tests.doubles.grafana "$@"
"""


def install(folder: Path, version: str = VERSION) -> Path:
    """Lay out a Grafana as its release archive does, and give the program."""
    program = folder / "bin" / "grafana"
    for path in (program, folder / "conf" / "defaults.ini"):
        path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "conf" / "defaults.ini").write_text("[server]\nhttp_port = 3000\n")
    program.write_text(
        SCRIPT.format(root=shlex.quote(str(ROOT)), python=shlex.quote(sys.executable), version=version)
    )
    program.chmod(0o755)
    return program
