"""Say how each service is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.core.recall import recall_live

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.runtimes.protocol import ServiceStatus

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print a row per service; exit with 1 where one of them is not well."""
    release = recall_live(effects)
    found, memory = effects.runtime.status(release.stack), effects.runtime.memory()
    live = effects.runtime.live()
    effects.console.result(
        {
            "environment": effects.options.environment,
            "release": live.release,
            "state": live.state.value,
            "services": [{**asdict(status), "memory": memory.get(status.service, 0)} for status in found],
        }
    )
    effects.console.table(
        ("SERVICE", "STATE", "READY", "PORT", "PID", "VERSION", "UP", "MEMORY"),
        (_row(status, memory.get(status.service, 0)) for status in found),
    )
    well = all(status.state == "running" and status.ready for status in found)
    verdict = "every service is well" if well else "not every service is well; next: invoke logs SERVICE"
    effects.console.end(
        f"{effects.options.environment} runs release {live.release} ({live.state.value}): {verdict}",
        good=well,
    )
    return 0 if well else 1


def _row(status: ServiceStatus, memory: int) -> tuple[str, ...]:
    return (
        status.service,
        status.state,
        "yes" if status.ready else "no",
        str(status.port),
        str(status.pid or "-"),
        status.version or "-",
        _age(status.uptime) if status.pid else "-",
        f"{memory / 2**20:.0f} MiB" if status.pid else "-",
    )


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f}{unit}"
    return f"{seconds:.0f}s"
