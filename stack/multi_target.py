"""One exporter that is asked for many things: relabelling makes each of them the instance.

Source: https://prometheus.io/docs/guides/multi-target-exporter/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.service import Stack

__all__ = ["elsewhere", "through"]

INSTANCE = r"\w+://(?:[^@/]+@)?([^?]+).*"
"""What people call a thing, in the address by which it is asked for: host, port and database."""


def elsewhere(stack: Stack, service: str) -> Mapping[str, Any]:
    """Give what differs in the usual job of a service whose own page tells of nothing: only others' pages."""
    targets, labels = list(stack.environment.targets.get(service, ())), {"env": stack.environment.name}
    return {"static_configs": [{"targets": targets, "labels": labels}] if targets else []}


def through(
    stack: Stack, service: str, name: str, path: str, groups: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Give the job of what a service is asked for.

    The series carry the service's name as their job, as those do that an exporter elsewhere brings: the same
    rules and dashboards stand on both.

    Args:
        stack: the stack.
        service: the service whose exporter is asked.
        name: the job's name in Prometheus' configuration.
        path: the page that takes the parameter `target`.
        groups: what it is asked for.
    """
    return {
        "job_name": name,
        "metrics_path": path,
        "static_configs": list(groups),
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__address__"], "regex": INSTANCE, "target_label": "instance"},
            {"target_label": "job", "replacement": service},
            {"target_label": "__address__", "replacement": stack.address(service)},
        ],
    }
