"""Prints every figure beside its floor: `python -m tests.bench [NAME ...] [--json FILE]`."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from stack.emit import to_json
from tests.bench import (
    alert_latency,
    backup_dashboards,
    backup_metrics,
    check_large,
    deploy_cold,
    deploy_compose,
    deploy_idle,
    rule_change,
    rule_tests,
    task_list,
)
from tests.bench.table import document, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.bench.row import Row

__all__ = ["FIGURES", "main"]

FIGURES: dict[str, Callable[[], Iterable[Row]]] = {
    module.__name__.rpartition(".")[2].replace("_", "-"): module.measure
    for module in (
        task_list,
        deploy_idle,
        rule_change,
        deploy_cold,
        deploy_compose,
        check_large,
        rule_tests,
        alert_latency,
        backup_metrics,
        backup_dashboards,
    )
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is named, all of it where nothing is; give the exit code."""
    arguments = ArgumentParser(prog="python -m tests.bench", description=__doc__, allow_abbrev=False)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FIGURES))
    arguments.add_argument("--json", metavar="FILE", type=Path, help="also write every measurement here")
    given = arguments.parse_args(argv)
    unknown = sorted(set(given.names) - FIGURES.keys())
    if unknown:
        arguments.error(f"there is no figure '{unknown[0]}'; there are {', '.join(FIGURES)}")
    # Compiling every module anew, as this would ask for, is no part of anybody's usual run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rows: list[Row] = []
    try:
        for name in given.names or FIGURES:
            sys.stderr.write(f"measuring {name} …\n")
            rows += FIGURES[name]()
    finally:  # what was measured before something failed took minutes
        _show(rows, given.json)
    return 0


def _show(rows: Sequence[Row], file: Path | None) -> None:
    sys.stdout.write("\n".join([*lines(rows), ""]))
    if file:
        file.write_bytes(to_json(document(rows)))


if __name__ == "__main__":
    sys.exit(main())
