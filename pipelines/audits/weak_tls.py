"""The proxy speaks TLS 1.2 and later, and no cipher that was broken."""

from __future__ import annotations

from ssl import TLSVersion
from typing import TYPE_CHECKING

from pipelines.audits._entrance import place
from pipelines.core.audit import Audit
from stack.clients.tls import speaks
from stack.errors import HttpFailed
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside

__all__ = ["AUDIT"]

OLD = {"TLS 1.0": TLSVersion.TLSv1, "TLS 1.1": TLSVersion.TLSv1_1}

BROKEN = "kRSA:CAMELLIA:ARIA:3DES:RC4:eNULL:aNULL:@SECLEVEL=0"
"""Without forward secrecy, without authentication, or known to be weak.

Source: https://www.rfc-editor.org/rfc/rfc9325#section-4
"""


def _run(outside: Outside) -> Iterator[Problem]:
    host, port = place(outside.stack)
    try:
        yield from _weak(host, port)
    except OSError as error:
        raise HttpFailed(method="TLS", url=f"{host}:{port}", message=error.strerror or str(error)) from error


def _weak(host: str, port: int) -> Iterator[Problem]:
    for name, version in OLD.items():
        if speaks(host, port, version):
            yield Problem("weak_tls", f"{host}:{port}", f"speaks {name}", hint="ask for TLS 1.2 at least")
    if speaks(host, port, TLSVersion.TLSv1_2, BROKEN):
        summary = "agrees to a cipher without forward secrecy, or to a weak one"
        yield Problem(
            "weak_tls", f"{host}:{port}", summary, hint="offer ECDHE with AES-GCM or ChaCha20 alone"
        )


AUDIT = Audit(asks="whether the proxy speaks an old TLS or a weak cipher", run=_run, needs=("proxy",))
