"""Prometheus' HTTP service discovery of those resources that have a metrics page of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from stack.exporters.resource_exporter.settings import Resource, Settings

__all__ = ["target_groups"]

PORTS = {"http": 80, "https": 443}


def target_groups(settings: Settings) -> list[dict[str, Any]]:
    """Give a target group for each resource with a metrics page.

    Source: https://prometheus.io/docs/prometheus/latest/http_sd/
    """
    return [_group(resource, settings.env) for resource in settings.resources if resource.metrics]


def _group(resource: Resource, env: str) -> dict[str, Any]:
    parts = urlsplit(resource.metrics)
    host = parts.netloc.rpartition("@")[2]
    labels = {
        "__scheme__": parts.scheme,
        "__metrics_path__": parts.path or "/metrics",
        **{f"__param_{name}": value for name, value in parse_qsl(parts.query)},
        "resource": resource.name,
        "kind": resource.kind,
        "env": env,
    }
    return {"targets": [host if parts.port else f"{host}:{PORTS[parts.scheme]}"], "labels": labels}
