"""Every service can do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from pipelines.core.probe import Sight
    from stack.runtimes.protocol import ServiceStatus

__all__ = ["PROBE"]


def _run(sight: Sight) -> str:
    found = sight.runtime.status(sight.release.stack)
    missing = [_said(status) for status in found if status.state != "running" or not status.ready]
    if missing:
        raise Waiting("; ".join(missing))
    return f"{len(found)} services run, are ready, and are the ones that answer on their ports"


def _said(status: ServiceStatus) -> str:
    if status.state == "foreign":
        return f"on port {status.port} another process answers than our {status.service}"
    return f"{status.service} is {status.state}" + ("" if status.ready else " and not ready")


PROBE = Probe(asks="whether every service is ready, and is ours", run=_run, quick=True)
