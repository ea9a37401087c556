"""Servers that speak TLS and ask for a password themselves: the flag for them, and what their clients need.

Source: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.access import WEB_AUTHORITY, WEB_CONFIG, WEB_PASSWORD
from stack.references import SECRETS

if TYPE_CHECKING:
    from stack.service import Stack

__all__ = ["client", "flags"]


def flags(stack: Stack, service: str) -> tuple[str, ...]:
    """Give the flag by which a server reads who may ask it; it reads the file again by itself."""
    return (f"--web.config.file={SECRETS}/{WEB_CONFIG}",) if stack.speaks_tls(service) else ()


def client(stack: Stack, service: str) -> dict[str, Any]:
    """Give what a client of a server needs, in the words of Prometheus' configuration.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config
    """
    if not stack.speaks_tls(service):
        return {}
    password = {"username": stack.environment.web.user, "password_file": f"{SECRETS}/{WEB_PASSWORD}"}
    return {
        "scheme": "https",
        "basic_auth": password,
        "tls_config": {"ca_file": f"{SECRETS}/{WEB_AUTHORITY}"},
    }
