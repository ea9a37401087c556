"""Facts on containers: state, health, restarts, and what they use; asked of the engine when somebody asks.

Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerStats
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stack.exporters.discoverer.engine import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.exporters.discoverer.containers import Container
    from stack.exporters.discoverer.engine import Engine

__all__ = ["facts"]

PATIENCE = 4.0
"""Seconds for all containers together; what is not known by then is left out."""

AT_ONCE = 16
NEVER = "0001-01-01T00:00:00Z"


def facts(
    engine: Engine, containers: Sequence[Container], oom_kills: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Give what is known of containers, all asked at once.

    Raises:
        EngineFailed: the engine gives no answer for any of them.
    """
    until = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        told = list(pool.map(lambda one: _facts(engine, one, until), containers))
    known = [one for one in told if one]
    if containers and not known:
        raise EngineFailed(f"{engine.address} tells nothing of {len(containers)} container(s)")
    return [{**one, "oom_kills": max(one["oom_kills"], oom_kills.get(one["id"], 0))} for one in known]


def _facts(engine: Engine, container: Container, until: float) -> dict[str, Any]:
    """Give the facts of one container, none where it is gone meanwhile."""
    try:
        seen = engine.get(f"/containers/{container.id}/json", _left(until))
    except EngineFailed:
        return {}
    state = seen["State"]
    named = {
        "id": container.id,
        "name": container.name,
        "image": container.image,
        "project": container.project,
        "service": container.service,
    }
    return {
        **named,
        **_state(seen, state),
        **_use(engine, container, until, running=state["Status"] == "running"),
    }


def _state(seen: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    health = (state.get("Health") or {}).get("Status", "none")
    ended = state.get("FinishedAt", NEVER) != NEVER and state["Status"] != "running"
    return {
        "state": state["Status"],
        "health": None if health == "none" else health,
        "restarts": seen.get("RestartCount", 0),
        "exit_code": state.get("ExitCode") if ended else None,
        "oom_kills": int(bool(state.get("OOMKilled"))),
        "started_at": state.get("StartedAt"),
        # The one that was given: without one, statistics tell the machine's memory.
        "memory_limit_bytes": (seen.get("HostConfig") or {}).get("Memory") or None,
    }


def _use(engine: Engine, container: Container, until: float, *, running: bool) -> dict[str, Any]:
    if not running:
        return {}
    with suppress(EngineFailed):
        stats = engine.get(
            f"/containers/{container.id}/stats", _left(until), stream="false", **{"one-shot": "true"}
        )
        return {**_memory(stats.get("memory_stats") or {}), **_work(stats)}
    return {}


def _memory(told: Mapping[str, Any]) -> dict[str, Any]:
    """Give the memory that cannot be had back by dropping file caches, as `docker stats` counts it."""
    if "usage" not in told:
        return {}
    detail = told.get("stats") or {}
    cache = detail.get("total_inactive_file", detail.get("inactive_file", 0))
    return {"memory_bytes": told["usage"] - cache if cache < told["usage"] else told["usage"]}


def _work(stats: Mapping[str, Any]) -> dict[str, Any]:
    usage = ((stats.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage")
    networks = (stats.get("networks") or {}).values()

    def count(key: str) -> int:
        return sum(one.get(key, 0) for one in networks)

    return {
        "cpu_seconds": usage / 1e9 if usage is not None else None,
        "network_receive_bytes": count("rx_bytes") if networks else None,
        "network_transmit_bytes": count("tx_bytes") if networks else None,
    }


def _left(until: float) -> float:
    """Give the seconds that are left, not quite none: the engine is asked all the same."""
    return max(0.05, until - time.monotonic())
