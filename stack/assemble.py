"""Environment and definitions make a stack: what runs, which rules and dashboards it carries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stack.dashboards.reading import dashboards_in
from stack.discover import definitions
from stack.layers import vault
from stack.metric_files import metric_files
from stack.notifications.templates import notification_templates
from stack.rule_files import routing_tests, rule_files, rule_tests, rules_left_out
from stack.scrape import jobs_of
from stack.service import Service, Stack
from stack.slo import objectives

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stack.environment import Environment

__all__ = ["assemble", "ports", "running", "runs", "services"]

KINDS = frozenset({"docker"})
"""Kinds of resources that have a rule file of their own."""

RESOURCES = "resources"
"""The dashboard on declared resources."""

OBJECTIVES = "slo"
"""The rule file on what the objectives record."""


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
    bare = Stack(environment=environment, services=wanted, defined=services())
    idle = {stem: path for stem, path in rules.items() if not _watches(bare, stem)}
    shown = dashboards_in(folders, environment.values)
    return replace(
        bare,
        rules={stem: path for stem, path in rules.items() if stem not in idle},
        idle_rules=idle,
        rules_left_out=rules_left_out(folders, environment.disable.rules),
        rule_tests=rule_tests(folders, rules),
        routing_tests=routing_tests(folders, environment.name),
        overlaid=any(environment.name in _environments(site) for site in sites),
        dashboards={stem: made for stem, made in shown.items() if _shows(bare, stem)},
        templates=notification_templates(sites),
        metrics=metric_files(folders),
        vault=vault(environment.name, sites),
    )


def _environments(site: Path) -> set[str]:
    return {path.stem for path in (site / "stack" / "environments").glob("*.yaml")}


def _watches(stack: Stack, subject: str) -> bool:
    """Say whether an environment watches what a rule file or dashboard is about: else nothing is to be seen.

    A subject that is neither a service nor a kind of resource nor the objectives is always watched.
    """
    if subject in KINDS:
        return any(resource.kind == subject for resource in stack.environment.resources)
    if subject == OBJECTIVES:
        return bool(objectives(stack.environment))
    service = stack.defined.get(subject.replace("-", "_"))
    return service is None or any(jobs_of(service, stack))


def _shows(stack: Stack, subject: str) -> bool:
    """Say whether a dashboard is wanted and has something to show: no resource may be declared."""
    if subject in stack.environment.disable.dashboards:
        return False
    declared = stack.environment.resources or subject != RESOURCES
    return bool(declared) and _watches(stack, subject)


def services() -> dict[str, Service]:
    """Give every service that there is, by name."""
    return definitions("stack.services", "SERVICE", Service)


def ports(defined: Mapping[str, Service]) -> dict[str, int]:
    """Give the usual port of every service and of each of its doors, by the name that `ports` has for it."""
    return {name: port for service in defined.values() for name, port in service.ports.items()}


def running(environment: Environment) -> dict[str, Service]:
    """Give the services that an environment runs, by name."""
    return {name: service for name, service in services().items() if runs(service, environment)}


def runs(service: Service, environment: Environment) -> bool:
    """Say whether an environment runs a service: as it says itself, else as the service wants."""
    if service.name in environment.disable.services:
        return False
    return environment.services.get(service.name, service.wanted(environment))
