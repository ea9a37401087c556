"""Environment and definitions make a stack: what runs, which rules and dashboards it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.dashboard_models import dashboard_models
from stack.discover import definitions
from stack.rule_files import rule_files, rule_tests
from stack.service import Service, Stack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stack.environment import Environment

__all__ = ["assemble", "running", "runs", "services"]


def assemble(environment: Environment, *, root: Path, sites: Sequence[Path] = ()) -> Stack:
    """Gather what an environment runs, shows and watches.

    Args:
        environment: the environment.
        root: the repository.
        sites: overlay folders; what they bring is added.

    Raises:
        DefinitionInvalid: a definition is none, or two have one name.
    """
    wanted, folders = running(environment), (root, *sites)
    rules = rule_files(folders, left_out=environment.disable.rules)
    return Stack(
        environment=environment,
        services=wanted,
        defined=services(),
        rules=rules,
        rule_tests=rule_tests(folders, rules),
        dashboards=dashboard_models(folders) if "grafana" in wanted else {},
    )


def services() -> dict[str, Service]:
    """Give every service that there is, by name."""
    return definitions("stack.services", "SERVICE", Service)


def running(environment: Environment) -> dict[str, Service]:
    """Give the services that an environment runs, by name."""
    return {name: service for name, service in services().items() if runs(service, environment)}


def runs(service: Service, environment: Environment) -> bool:
    """Say whether an environment runs a service: as it says itself, else as the service wants."""
    if service.name in environment.disable.services:
        return False
    return environment.services.get(service.name, service.wanted(environment))
