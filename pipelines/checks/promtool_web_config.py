"""promtool accepts every web configuration: certificates are there, password hashes are hashes."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.clients.promtool import Promtool
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for path in sorted(inspection.tree.files):
        if PurePosixPath(path).name in {"web.yml", "web-config.yml"}:
            promtool = Promtool(inspection.tools["promtool"])
            for complaint in promtool.check_web_config(inspection.folder / "current" / path):
                where = f"{path}:{complaint.line}" if complaint.line else path
                yield Problem("promtool_web_config", where, complaint.message)


CHECK = Check(proves="promtool accepts every web configuration", run=_run)
