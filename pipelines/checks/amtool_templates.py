"""Every notification can be written: the texts of receivers are rendered with usual and unusual alerts.

Alertmanager reads them only when an alert fires, and then drops the notification; what it then sends, the
service behind it may still refuse.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.checks._payloads import EMPTY, OVER, USUAL
from pipelines.checks._written import Field, Writer, fields
from pipelines.core.check import ALERTMANAGER, Check
from stack.documents import follow, mapping
from stack.exporters.sink.protocols.pagerduty import SEVERITIES
from stack.notifications.to_sink import MARK
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.checks._written import Written
    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

NEEDED = {("pagerduty", "description"), ("slack", "title"), ("slack", "text")}
"""Texts without which the service refuses a message, or people see none."""

LONGEST = {("pagerduty", "description"): 1024, ("slack", "title"): 1024}
"""Characters after which Alertmanager cuts."""

LINK = re.compile(r".*_link|.*_?url|href")
ADDRESS = re.compile(
    rf"{LINK.pattern}|channel|username|user_key|to|from|hello|smarthost|icon_.*|.*_file|x-.*"
)
"""Fields that say where a message goes, or leads, and not what it is about."""

TEXTS_OF_OURS = {"slack", "pagerduty", "email"}
ONLY_WHEN_ASKED = {"email", "slack", "wechat"}
"""Integrations whose `send_resolved` is false where it is not given."""

MACHINES = {"webhook", "sns", ""}


def _run(inspection: Inspection) -> Iterator[Problem]:
    every = fields(inspection)
    if not any(one.templated for one in every):
        return
    with Writer.of(inspection) as writer:
        if fault := writer.fault():
            where = inspection.place(ALERTMANAGER, "templates")
            yield Problem("amtool_templates", where, f"the template files cannot be read: {fault}")
            return
        written = [
            one
            for one in writer.write(one for one in every if one.templated)
            if one.payload != OVER or _tells_the_end(one.field, inspection)
        ]
    literal = [one for one in every if not one.templated]
    for field, severity, summary in (*_faults(written, literal), *_silent(written, literal, inspection)):
        where = inspection.place(ALERTMANAGER, *field.path)
        yield Problem("amtool_templates", where, summary, severity)


def _tells_the_end(field: Field, inspection: Inspection) -> bool:
    """Say whether an integration is told when all is over: some are only where one asks for it."""
    config = follow(inspection.alertmanager, field.path[:4])
    return bool(mapping(config).get("send_resolved", field.kind not in ONLY_WHEN_ASKED))


Found = tuple[Field, Severity, str]


def _faults(written: Iterable[Written], literal: Iterable[Field]) -> Iterator[Found]:
    told: set[tuple[Field, str]] = set()
    for one in written:
        if one.fault:
            summary = f"the template cannot be rendered with {one.payload}: {one.fault}"
            severity = Severity.WARNING if one.payload == EMPTY else Severity.ERROR
            found = [(severity, "render", summary)]
        else:
            found = list(_refusals(one.field, one.text, one.payload))
        for severity, kind, summary in found:
            if (one.field, kind) not in told:
                told.add((one.field, kind))
                yield one.field, severity, summary
    for field in literal:
        if field.kind == "pagerduty" and field.key == "severity" and field.text not in SEVERITIES:
            yield field, Severity.ERROR, _wrong_severity(field.text, "")


def _refusals(field: Field, text: str, payload: str) -> Iterator[tuple[Severity, str, str]]:
    """Yield what the service behind it would refuse, or Alertmanager would cut."""
    name, usual = (field.kind, field.key), payload == USUAL
    if name == ("pagerduty", "severity") and text not in SEVERITIES:
        yield Severity.ERROR, "severity", _wrong_severity(text, f" with {payload}")
    if usual and name in NEEDED and not text.strip():
        yield Severity.ERROR, "empty", f"says nothing with {payload}"
    if usual and len(text) > LONGEST.get(name, len(text)):
        yield Severity.WARNING, "cut", f"is cut after {LONGEST[name]} characters with {payload}"
    if name == ("email", "subject") and "\n" in text.strip():
        yield Severity.ERROR, "lines", f"has more than one line with {payload}; a subject is one line"
    if LINK.fullmatch(field.key) and text.strip() and not _is_link(text.strip()):
        yield Severity.ERROR, "link", f"gives '{text.strip()[:80]}' with {payload}, which is no address"


def _wrong_severity(text: str, when: str) -> str:
    return f"PagerDuty refuses the severity '{text[:40]}'{when}; it knows {', '.join(SEVERITIES)}"


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.scheme and parts.netloc and parts.port != 0) and not re.search(r"\s", text)
    except ValueError:
        return False


def _silent(written: Iterable[Written], literal: list[Field], inspection: Inspection) -> Iterator[Found]:
    """Yield integrations that speak to people and do not tell them which environment."""
    texts: dict[tuple[str | int, ...], list[tuple[Field, str]]] = defaultdict(list)
    broken = {one.field.path[:4] for one in written if one.fault}
    usual = [(one.field, one.text) for one in written if one.payload == USUAL]
    for field, text in (*usual, *((one, one.text) for one in literal)):
        if field.kind not in MACHINES and not ADDRESS.fullmatch(field.key) and field.text != MARK:
            texts[field.path[:4]].append((field, text))
    name = re.compile(rf"(?<![\w-]){re.escape(inspection.stack.environment.name)}(?![\w-])")
    for integration, said in texts.items():
        ours = said[0][0].kind in TEXTS_OF_OURS or any(field.templated for field, _ in said)
        if ours and integration not in broken and not any(name.search(text) for _, text in said):
            summary = "does not say which environment; write {{ .CommonLabels.env }} into one of its texts"
            yield Field(integration, ""), Severity.WARNING, summary


CHECK = Check(
    proves="every notification can be written, says what it must, and is taken", run=_run, lasting=True
)
