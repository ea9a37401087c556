"""An address that relabelling makes of what was discovered has a host: a port alone reaches nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import mappings, strings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for at, job in inspection.jobs:
        for index, rule in mappings(job.get("relabel_configs")):
            if label := _only_a_port(rule):
                steps = ("scrape_configs", at, "relabel_configs", index)
                summary = f"it makes an address of '{label}', which is a port and no host"
                hint = "join it to the host: source_labels: [__address__, …], regex: ([^:]+)(?::\\d+)?;(\\d+)"
                yield Problem(
                    "discovered_addresses", inspection.place(PROMETHEUS, *steps), summary, hint=hint
                )


def _only_a_port(rule: Mapping[str, Any]) -> str:
    """Give the first source label of a rule that writes the address, where by its name it is a port."""
    if rule.get("target_label") != "__address__" or rule.get("action", "replace") != "replace":
        return ""
    sources = [name for _, name in strings(rule.get("source_labels"))]
    written = str(rule.get("replacement", "$1"))
    is_first = written.startswith(("$1", "${1}"))
    return sources[0] if is_first and sources and sources[0].endswith("port") else ""


CHECK = Check(proves="every address that is made by relabelling has a host", run=_run)
