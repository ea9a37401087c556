"""amtool accepts Alertmanager's configuration, and every matcher means the same to either of its parsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, Check
from stack.clients.amtool import Amtool
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    if ALERTMANAGER not in inspection.tree.files:
        return
    amtool = Amtool(inspection.tools["amtool"])
    for verdict in amtool.check_config(inspection.folder / "current" / ALERTMANAGER):
        where = f"{ALERTMANAGER}:{verdict.line}" if verdict.line else ALERTMANAGER
        summary = verdict.message.replace(f"{inspection.folder}/current/", "")
        severity = Severity.ERROR if verdict.fatal else Severity.WARNING
        yield Problem("amtool_config", where, summary, severity)


CHECK = Check(proves="amtool accepts the configuration, matchers and template files", run=_run)
