"""The proxy's certificate is of its name, signed by whom it should be, and good for a while yet."""

from __future__ import annotations

from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING

from pipelines.audits._entrance import place
from pipelines.core.audit import Audit
from stack.clients.tls import days_left
from stack.errors import HttpFailed
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside

__all__ = ["AUDIT"]

SOON = 14
"""Days left at which somebody should act; a certificate that the proxy renews by itself never has as many."""


def _run(outside: Outside) -> Iterator[Problem]:
    host, port = place(outside.stack)
    where, hint = f"{host}:{port}", "give `proxy_certificate` and `proxy_key` a new one, and deploy"
    try:
        left = days_left(host, port, outside.runtime.authority(outside.stack))
    except SSLCertVerificationError as error:
        yield Problem("certificate", where, f"is not trusted: {error.verify_message}", hint=hint)
    except OSError as error:
        raise HttpFailed(method="TLS", url=where, message=error.strerror or str(error)) from error
    else:
        if left < SOON and outside.stack.environment.proxy.tls == "files":
            yield Problem("certificate", where, f"expires in {left:.0f} days", Severity.WARNING, hint=hint)


AUDIT = Audit(asks="whether the proxy's certificate is good", run=_run, needs=("proxy",))
