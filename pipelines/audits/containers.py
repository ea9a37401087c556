"""No container may do more than its service needs, and none shows a secret to whoever may ask the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.core.audit import Audit
from stack.report import Problem
from stack.runtimes.compose_file import MENDERS, MENDING, SERVICE
from stack.secrets import telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.audit import Outside
    from stack.container import Container

__all__ = ["AUDIT", "faults"]

SOCKET = "docker.sock"


def _run(outside: Outside) -> Iterator[Problem]:
    known = telling(outside.runtime.folder / "secrets")
    known_as = {name: service.container for name, service in outside.stack.services.items()}
    known_as |= dict.fromkeys(MENDERS, MENDING)
    for facts in outside.runtime.inspected():
        name = str(facts["Name"]).lstrip("/")
        wanted = known_as.get(facts["Config"]["Labels"].get(SERVICE, ""))
        told = [*(faults(wanted, facts) if wanted else ("belongs to no service",)), *_shown(facts, known)]
        for said in told:
            hint = "`invoke deploy` makes the container anew; who else makes containers here?"
            yield Problem("containers", name, said, hint=hint)


def faults(wanted: Container, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a container may do and need not.

    Args:
        wanted: what it needs.
        facts: what the engine says of its container.

    Source: https://docs.docker.com/reference/api/engine/ (container inspect)
    """
    host = facts["HostConfig"]
    user = str(facts["Config"].get("User", "")).partition(":")[0]
    checks = {
        "runs as root": user in {"", "0", "root"} and not wanted.invokes,
        "is privileged": bool(host.get("Privileged")),
        "may write to its own root": not host.get("ReadonlyRootfs"),
        "keeps the engine's usual capabilities": "ALL" not in (host.get("CapDrop") or ()),
        "may gain privileges": not any("no-new-priv" in word for word in host.get("SecurityOpt") or ()),
        "is on the host's network": host.get("NetworkMode") == "host",
        "is on a network": wanted.network == "none" and host.get("NetworkMode") != "none",
        "sees the host's processes": host.get("PidMode") == "host",
        "may speak to the engine": not wanted.engine and _mounts(facts, SOCKET),
        "has no limit of memory": not host.get("Memory"),
        "has no limit of processors": not host.get("NanoCpus"),
        "has no limit of processes": (host.get("PidsLimit") or 0) <= 0,
        "has a log without an end": "max-size" not in (host.get("LogConfig", {}).get("Config") or {}),
    }
    yield from (said for said, is_so in checks.items() if is_so)


def _mounts(facts: Mapping[str, Any], name: str) -> bool:
    return any(str(mount.get("Source", "")).endswith(name) for mount in facts.get("Mounts") or ())


def _shown(facts: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[str]:
    """Yield the secrets whose value the engine shows to whoever asks it."""
    text = json.dumps(facts, ensure_ascii=False)
    yield from (f"shows the value of secret {name}" for name, value in known.items() if value in text)


AUDIT = Audit(asks="whether a container may do more than it needs, or shows a secret", run=_run)
