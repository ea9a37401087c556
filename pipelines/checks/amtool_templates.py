"""Every notification can be written: templates in receivers are rendered with sample alerts.

Alertmanager reads them only when an alert fires, and then drops the notification.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, Check
from stack.clients.amtool import Amtool
from stack.documents import dotted, strings
from stack.emit import to_json
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.core.check import Inspection
    from stack.documents import Leaf

__all__ = ["CHECK"]

LABELS = {"alertname": "Sample", "env": "local", "severity": "page", "job": "sample", "instance": "host:1"}
TEXTS = {"summary": "a summary", "description": "a description", "runbook_url": "http://runbook.example/"}
TIMES = {"startsAt": "2001-02-03T04:05:06Z", "endsAt": "2001-02-03T05:06:07Z"}
LINKS = {"generatorURL": "http://prometheus.example/", "fingerprint": "0123456789abcdef"}
ALERT = {"labels": LABELS, "annotations": TEXTS, **TIMES, **LINKS}
NOTIFICATION = {
    "receiver": "sample",
    "status": "firing",
    "alerts": [{**ALERT, "status": "firing"}, {**ALERT, "status": "resolved"}],
    "groupLabels": LABELS,
    "commonLabels": LABELS,
    "commonAnnotations": TEXTS,
    "externalURL": "http://alertmanager.example/",
}
"""One firing and one resolved alert.

Source: https://prometheus.io/docs/alerting/latest/notifications/#data
"""


def _run(inspection: Inspection) -> Iterator[Problem]:
    every = [leaf for leaf in inspection.leaves(ALERTMANAGER) if _is_template(leaf)]
    if not every:
        return
    with tempfile.TemporaryDirectory(prefix="monitoring-templates-") as folder:
        data = Path(folder) / "notification.json"
        data.write_bytes(to_json(NOTIFICATION))
        for html in (False, True):
            share = [leaf for leaf in every if (leaf.key == "html") is html]
            for leaf, fault in _faults(share, inspection, data, html=html):
                where = f"{ALERTMANAGER}: {dotted(leaf.path)}"
                yield Problem("amtool_templates", where, f"the template cannot be rendered: {fault}")


def _is_template(leaf: Leaf) -> bool:
    return leaf.path[:1] == ("receivers",) and isinstance(leaf.value, str) and "{{" in leaf.value


def _faults(
    share: Sequence[Leaf], inspection: Inspection, data: Path, *, html: bool
) -> Iterator[tuple[Leaf, str]]:
    amtool, globs = Amtool(inspection.tools["amtool"]), _globs(inspection)
    # All at once first: a process for each would cost more than everything else here.
    if share and amtool.fault(_together(share), globs=globs, data=data, html=html):
        for leaf in share:
            if fault := amtool.fault(_spelled(leaf), globs=globs, data=data, html=html):
                yield leaf, fault


def _together(share: Sequence[Leaf]) -> str:
    """Define each under a name of its own, so that what one leaves open cannot be closed by the next."""
    return "".join(
        f'{{{{ define "text {number}" }}}}{_spelled(leaf)}{{{{ end }}}}{{{{ template "text {number}" . }}}}'
        for number, leaf in enumerate(share)
    )


def _spelled(leaf: Leaf) -> str:
    return str(leaf.value).replace("\0", "")


def _globs(inspection: Inspection) -> list[str]:
    folder = inspection.folder / "current" / "alertmanager"
    return [str(folder / pattern) for _, pattern in strings(inspection.alertmanager.get("templates"))]


CHECK = Check(proves="every notification can be written from its templates", run=_run)
