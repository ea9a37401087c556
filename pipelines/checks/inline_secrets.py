"""Secrets are files: a value in a configuration lands in releases, diffs and backups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.documents import dotted
from stack.notifications.to_sink import ROUTING_KEY
from stack.references import SECRETS
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.documents import Leaf

__all__ = ["CHECK"]

PROCESSES = "runtime/processes.json"

KEYS = re.compile(
    r"(?:.*_)?(?:api_key|api_secret|api_token|auth_password|auth_secret|bearer_token|bot_token|client_secret"
    r"|credentials|key_passphrase|password|private_key|routing_key|secret|secret_key|service_key|slack_api_url"
    r"|token|user_key|webhook_url)|basicAuthPassword"
)
WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@")
FLAG = re.compile(
    r"^[^=]*(?:^|[-._:])(?:api[_-]?key|passw(?:or)?d|secret|token)=(?!\$__|\s*$)", re.IGNORECASE
)
"""An argument whose name says that its value is a secret: `cfg:security.admin_password=…`."""
ELSEWHERE = ("$__", f"file:{SECRETS}/")
"""Grafana reads a value that starts like the first from a file or a variable itself, and we do the second."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    for file in inspection.configurations:
        for leaf in inspection.leaves(file):
            if _is_secret(leaf) and not _is_of_sink(leaf, inspection):
                hint = (
                    f"put it under `secrets` and name it by `{leaf.key}_file` (or the tool's own file form)"
                )
                yield _problem(file, leaf, hint)
    for leaf in inspection.leaves(PROCESSES):
        if isinstance(leaf.value, str) and FLAG.search(leaf.value):
            hint = "everybody on the machine can read a process's arguments; use the program's own file form"
            yield _problem(PROCESSES, leaf, hint)


def _problem(file: str, leaf: Leaf, hint: str) -> Problem:
    where = f"{file}: {dotted(leaf.path)}"
    return Problem("inline_secrets", where, "a secret stands here in plain text", hint=hint)


def _is_secret(leaf: Leaf) -> bool:
    if not isinstance(leaf.value, str | int) or isinstance(leaf.value, bool):
        return False
    text = str(leaf.value)
    if WITH_PASSWORD.search(text):
        return True
    # Only Slack's address is a secret; of other receivers `api_url` is just where they are.
    named = bool(KEYS.fullmatch(leaf.key)) or (leaf.key == "api_url" and "slack_configs" in leaf.path)
    return named and bool(text) and not text.startswith(ELSEWHERE)


def _is_of_sink(leaf: Leaf, inspection: Inspection) -> bool:
    """Say whether a value only leads to our own sink, which tells nobody and asks for no secret."""
    own = f"http://{inspection.stack.address('sink')}/"
    return leaf.value == ROUTING_KEY or str(leaf.value).startswith(own)


CHECK = Check(proves="no password, token or key stands in a configuration or an argument", run=_run)
