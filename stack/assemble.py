"""Environment and definitions make a stack: what runs, which rules and dashboards it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack.environment import Environment
    from stack.service import Service

__all__ = ["Stack"]


@dataclass(frozen=True, slots=True)
class Stack:
    """One environment with everything that it runs.

    Args:
        environment: the environment.
        services: the services that run, by name.
        rules: the source of each rule file, by its stem; not yet rendered.
        rule_tests: the source of each rule test file (promtool's format), by its stem.
        dashboards: each dashboard's JSON model, by its stem.
    """

    environment: Environment
    services: Mapping[str, Service]
    rules: Mapping[str, Path]
    rule_tests: Mapping[str, Path]
    dashboards: Mapping[str, Mapping[str, object]]

    def port(self, service: str) -> int:
        """Give the port of a service in this environment."""
        return self.environment.ports.get(service, self.services[service].port)

    def address(self, service: str) -> str:
        """Give host and port of a service as the other services reach it."""
        return f"127.0.0.1:{self.port(service)}"
