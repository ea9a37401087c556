"""No rendered file holds what looks like a credential, wherever it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

LOOKS = {
    "a private key": (b"PRIVATE KEY-----", re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    "an AWS access key": (b"AKIA", re.compile(rb"\bAKIA[0-9A-Z]{16}\b")),
    "a Slack token": (b"xox", re.compile(rb"\bxox[abeoprs]-[0-9A-Za-z-]{10,}")),
    "a Slack webhook": (b"hooks.slack.com/services/", re.compile(rb"hooks\.slack\.com/services/\w+/\w+/\w+")),
    "a GitHub token": (b"gh", re.compile(rb"\bgh[opsu]_[0-9A-Za-z]{36}\b")),
    "a key": (b"_key", re.compile(rb"_key[\"']?\s*[:=]\s*[\"']?[0-9a-fA-F]{32,}\b")),
}
"""What it is, a text that is in each of them and quickly found, and what it looks like."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    for path, data in sorted(inspection.tree.files.items()):
        for what, (sign, look) in LOOKS.items():
            hit = look.search(data) if sign in data else None
            if hit:
                line = data.count(b"\n", 0, hit.start()) + 1
                hint = "name it under `secrets`, revoke it if it was ever committed"
                yield Problem(
                    "secret_values", f"{path}:{line}", f"{what} stands here in plain text", hint=hint
                )


CHECK = Check(proves="no rendered file holds what looks like a credential", run=_run)
