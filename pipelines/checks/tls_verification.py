"""Certificates are verified wherever TLS is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.documents import dotted
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

SWITCHES = {
    "insecure_skip_verify": True,
    "tlsSkipVerify": True,
    "smtp_require_tls": False,
    "require_tls": False,
}


def _run(inspection: Inspection) -> Iterator[Problem]:
    for file in inspection.configurations:
        for leaf in inspection.leaves(file):
            if leaf.key in SWITCHES and leaf.value is SWITCHES[leaf.key]:
                yield Problem(
                    "tls_verification",
                    f"{file}: {dotted(leaf.path)}",
                    "anybody on the way can read this and answer it",
                    Severity.WARNING,
                    hint="give the server's CA by `ca_file` instead",
                )


CHECK = Check(proves="certificates are verified wherever TLS is spoken", run=_run)
