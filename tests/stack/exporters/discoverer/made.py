"""Containers as an engine would list them, by the few things that a test is about."""

from __future__ import annotations

from typing import Any

from stack.exporters.discoverer.containers import Container, read

__all__ = ["container", "listed"]


def listed(name: str = "web", **more: Any) -> dict[str, Any]:
    """Give an entry of the engine's list."""
    return {
        "Id": f"{name}-id",
        "Names": [f"/{name}"],
        "Image": "shop/web:1",
        "State": "running",
        "Labels": {"prometheus.io/scrape": "true"},
        "Ports": [{"PrivatePort": 80, "Type": "tcp"}],
        "HostConfig": {"NetworkMode": "front"},
        "NetworkSettings": {"Networks": {"front": {"IPAddress": "10.0.0.2"}}},
        **more,
    }


def container(name: str = "web", **more: Any) -> Container:
    """Give a container."""
    return read([listed(name, **more)])[0]
