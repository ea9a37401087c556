"""Certificates are verified wherever TLS is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.documents import dotted, follow, mapping
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.documents import Leaf

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
            if (
                leaf.key in SWITCHES
                and leaf.value is SWITCHES[leaf.key]
                and not _is_of_sink(inspection, file, leaf)
            ):
                yield Problem(
                    "tls_verification",
                    f"{file}: {dotted(leaf.path)}",
                    "anybody on the way can read this and answer it",
                    Severity.WARNING,
                    hint="give the server's CA by `ca_file` instead",
                )


def _is_of_sink(inspection: Inspection, file: str, leaf: Leaf) -> bool:
    """Say whether mail only goes to our own sink, which lies beside Alertmanager."""
    config = follow(inspection.document(file), leaf.path[:-1])
    return mapping(config).get("smarthost") == inspection.stack.address("sink_smtp")


CHECK = Check(proves="certificates are verified wherever TLS is spoken", run=_run)
