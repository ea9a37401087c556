"""Every file that a configuration names is there: the servers find out only when they reload, half-way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.documents import dotted
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.documents import Leaf

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for file in inspection.configurations:
        for leaf in inspection.leaves(file):
            fault = _fault(inspection, file, leaf.value) if _names_a_file(leaf) else ""
            if fault:
                yield Problem(
                    "referenced_files",
                    f"{file}: {dotted(leaf.path)}",
                    fault,
                    hint=f"relative paths start at {os.path.dirname(file)}/",  # noqa: PTH120 # a tree's path, not the disk's
                )


def _names_a_file(leaf: Leaf) -> bool:
    key = leaf.key
    # A log is written, not read.
    return key.endswith("_file") and not key.endswith("_log_file") and isinstance(leaf.value, str)


def _fault(inspection: Inspection, file: str, named: str) -> str:
    if not named or "\0" in named:
        return "names no file"
    place = Path(os.path.normpath(inspection.folder / "current" / Path(file).parent / named))
    if place.parent == inspection.folder / "secrets":
        return "" if place.name in _secrets(inspection) else f"the environment has no secret '{place.name}'"
    try:
        return "" if place.is_file() else f"no such file: {named}"
    except OSError as error:
        return f"{named}: {error.strerror}"


def _secrets(inspection: Inspection) -> set[str]:
    stack = inspection.stack
    of_services = (name for service in stack.services.values() for name in stack.secrets_of(service))
    return {*stack.environment.secrets, *of_services}


CHECK = Check(proves="every file and secret that a configuration names is there", run=_run)
