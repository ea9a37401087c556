"""Every pattern of files matches something: a server takes an empty match for an empty wish."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, PROMETHEUS, Check
from stack.discovery import DOCKER_FILE
from stack.discovery_jobs import DISCOVERED, TARGETS
from stack.documents import mappings, strings
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.service import Stack

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for where, pattern in _loaded(inspection):
        if not _matches(inspection, where, pattern):
            yield Problem(
                "file_globs", where, f"'{pattern}' matches no file: nothing would be loaded from it"
            )
    for where, pattern in _watched(inspection):
        if not _matches(inspection, where, pattern):
            yield Problem("file_globs", where, f"'{pattern}' matches no file yet", Severity.WARNING)


def _loaded(inspection: Inspection) -> Iterator[tuple[str, str]]:
    for index, pattern in strings(inspection.prometheus.get("rule_files")):
        yield f"{PROMETHEUS}: rule_files.{index}", pattern
    for index, pattern in strings(inspection.alertmanager.get("templates")):
        yield f"{ALERTMANAGER}: templates.{index}", pattern


def _watched(inspection: Inspection) -> Iterator[tuple[str, str]]:
    """Give the target files, which another program may write later."""
    for job, body in inspection.jobs:
        for index, discovery in mappings(body.get("file_sd_configs")):
            for at, pattern in strings(discovery.get("files")):
                if not _is_elsewhere(inspection.stack, pattern):
                    yield f"{PROMETHEUS}: scrape_configs.{job}.file_sd_configs.{index}.files.{at}", pattern


def _is_elsewhere(stack: Stack, pattern: str) -> bool:
    """Say whether it is written as soon as the discoverer has asked, or lies on the engine's machine."""
    if stack.environment.runtime == "compose" and pattern.startswith(f"{TARGETS}/"):
        return True
    return pattern == f"{DISCOVERED}/{DOCKER_FILE}" and "discoverer" in stack.services


def _matches(inspection: Inspection, where: str, pattern: str) -> bool:
    folder = inspection.folder / "current" / Path(where.partition(":")[0]).parent
    return bool(pattern and "\0" not in pattern and glob.glob(str(folder / pattern)))  # noqa: PTH207 # pathlib refuses `..` and absolute patterns


CHECK = Check(proves="every pattern of rule, template and target files matches something", run=_run)
