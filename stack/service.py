"""What a service is, and the stack that an environment makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from stack.dashboards.reading import Dashboard
    from stack.environment import Environment
    from stack.programs import Program

__all__ = ["Process", "Service", "Stack", "is_watched", "no_files"]


@dataclass(frozen=True, slots=True)
class Process:
    """How a service is started.

    In every word and variable `{root}` stands for the environment's folder, `{program}` for the folder of
    the unpacked program and `{python}` for our own interpreter, so that the value is the same on every
    machine.

    Args:
        argv: the program, by the name that its source gives it, and its arguments.
        env: variables on top of a bare environment.
        reads: rendered files that it reads only when it starts: another content needs another process.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()


def no_files(stack: Stack) -> Mapping[str, bytes]:
    """Give no file: the service is configured by its flags alone."""
    del stack
    return {}


def _own_job(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    del stack
    return ({},)


def _always(environment: Environment) -> bool:
    del environment
    return True


@dataclass(frozen=True, slots=True)
class Service:
    """One server of the stack.

    Args:
        name: its stem, also the name of its scrape job, dashboard and runbook.
        summary: what it is for, in a few words.
        port: its usual port; an environment may give another.
        process: how it is started.
        program: what has to be installed for it; None for our own Python programs.
        files: its rendered configuration, by path below `<name>/`.
        scrape: its scrape jobs: what differs from the usual one (its own /metrics), none for no job.
        ready: the path that answers 200 once it can do its work.
        health: the path that answers 200 while it is alive.
        reload: the paths whose POST makes it read its configuration again; none: a change needs a restart.
        wanted: whether an environment runs it, unless the environment itself says so.
        secrets: the secrets it reads from files, and where each comes from by default.
        watches: folders of its files that it watches: they lie at `watched/<name>/`, not behind the link.
        data: whether it keeps state in `data/<name>`.
        optional: whether a machine that cannot have it is told so and goes on (where the environment allows).
        doors: its further ports, usual ones too: `{"smtp": 9025}` of `sink` is known as `sink_smtp`.
    """

    name: str
    summary: str
    port: int
    process: Callable[[Stack], Process]
    program: Program | None = None
    files: Callable[[Stack], Mapping[str, bytes]] = no_files
    scrape: Callable[[Stack], tuple[Mapping[str, Any], ...]] = _own_job
    ready: str = "/-/ready"
    health: str = "/-/healthy"
    reload: tuple[str, ...] = ()
    wanted: Callable[[Environment], bool] = _always
    secrets: Mapping[str, str] = field(default_factory=dict)
    watches: tuple[str, ...] = ()
    data: bool = False
    optional: bool = False
    doors: Mapping[str, int] = field(default_factory=dict)

    @property
    def ports(self) -> Mapping[str, int]:
        """Its usual ports by the names that an environment gives them others by, the main one first."""
        return {self.name: self.port, **{f"{self.name}_{door}": port for door, port in self.doors.items()}}


@dataclass(frozen=True, slots=True)
class Stack:
    """One environment with everything that it runs.

    Args:
        environment: the environment.
        services: the services that run, by name.
        defined: every service that there is, also those that another environment runs.
        rules: the source of each rule file, by its stem; not yet rendered.
        idle_rules: those of subjects that this environment does not watch: they are tested, and not loaded.
        rules_left_out: the source of each rule file that the environment leaves out, by its stem.
        rule_tests: the source of each rule test file (promtool's format), by its stem.
        routing_tests: the source of the environment's routing tests, None where it has none.
        overlaid: whether a site has a file for the environment, so that it is not as it was shipped.
        dashboards: each dashboard of what this environment watches, by its stem.
        templates: the source of each of a site's notification templates, by its stem; not yet rendered.
        metrics: the sources of each metric contract, by their stem, a site's after the repository's.
    """

    environment: Environment
    services: Mapping[str, Service]
    defined: Mapping[str, Service]
    rules: Mapping[str, Path] = field(default_factory=dict)
    idle_rules: Mapping[str, Path] = field(default_factory=dict)
    rules_left_out: Mapping[str, Path] = field(default_factory=dict)
    rule_tests: Mapping[str, Path] = field(default_factory=dict)
    routing_tests: Path | None = None
    overlaid: bool = False
    dashboards: Mapping[str, Dashboard] = field(default_factory=dict)
    templates: Mapping[str, Path] = field(default_factory=dict)
    metrics: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    def port(self, name: str) -> int:
        """Give the port of a service, or of one of its doors, in this environment."""
        usual = {door: port for service in self.defined.values() for door, port in service.ports.items()}
        return self.environment.ports.get(name, usual[name])

    def address(self, name: str) -> str:
        """Give host and port of a service, or of one of its doors, as the other services reach it."""
        return f"127.0.0.1:{self.port(name)}"


def is_watched(path: str, service: Service) -> bool:
    """Say whether a rendered file lies in one of the folders that its service watches."""
    return any(path.startswith(f"{service.name}/{folder}/") for folder in service.watches)
