"""What a service is, and the stack that an environment makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.container import Container

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from stack.clients.http import Session
    from stack.dashboards.reading import Dashboard
    from stack.environment import Environment
    from stack.programs import Program
    from stack.tree import Tree

__all__ = ["Container", "Process", "Service", "Stack", "is_watched", "no_files", "watched_files"]


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


def _holds_none(secret: str, tree: Tree) -> bool:
    del secret, tree
    return False


def _every_secret(name: str, environment: Environment) -> bool:
    del name, environment
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
        holds: whether it keeps a secret's value until it is started anew, although it can read its
            configuration again: by the secret's name and the rendered files.
        adopts: those of them that it keeps in a database of its own, and how it is told another value:
            by the former ones, the oldest first, and the new one.
        reads_secret: whether an environment makes it read one of them.
        watches: folders of its files that it watches: they lie at `watched/<name>/`, not behind the link.
        data: whether it keeps state in `data/<name>`.
        optional: whether a machine that cannot have it is told so and goes on (where the environment allows).
        doors: its further ports, usual ones too: `{"smtp": 9025}` of `sink` is known as `sink_smtp`.
        container: how it runs as a container, where that differs from the usual.
        contained: whether it runs in containers alone.
        web: whether it takes `--web.config.file`: TLS and passwords of its own.
        pages: the door at which its readiness, health and metrics are asked, where that is not its main port.
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
    holds: Callable[[str, Tree], bool] = _holds_none
    adopts: Mapping[str, Callable[[Session, tuple[str, ...], str], None]] = field(default_factory=dict)
    reads_secret: Callable[[str, Environment], bool] = _every_secret
    watches: tuple[str, ...] = ()
    data: bool = False
    optional: bool = False
    doors: Mapping[str, int] = field(default_factory=dict)
    container: Container = field(default_factory=Container)
    contained: bool = False
    pages: str = ""
    web: bool = False

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
        vault: where the environment's age file lies, or would: beside the environment's own file.
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
    vault: Path | None = None

    def port(self, name: str) -> int:
        """Give the port of a service, or of one of its doors, in this environment."""
        usual = {door: port for service in self.defined.values() for door, port in service.ports.items()}
        return self.environment.ports.get(name, usual[name])

    def address(self, name: str) -> str:
        """Give host and port of a service, or of one of its doors, as the other services reach it."""
        return f"{self._host(self.owner(name))}:{self.port(name)}"

    def answering(self, service: str) -> str:
        """Name the port at which a service answers for itself and takes orders: its own, or a door."""
        door = self.defined[service].pages
        return f"{service}_{door}" if door else service

    def pages(self, service: str) -> str:
        """Give host and port at which a service answers for itself."""
        return self.address(self.answering(service))

    def speaks_tls(self, service: str) -> bool:
        """Say whether a service of this environment speaks TLS itself, and asks for a password."""
        return service in self.environment.web.services and self.defined[service].web

    def url(self, service: str) -> str:
        """Give the address at which a service answers for itself, without a closing slash."""
        return f"{'https' if self.speaks_tls(service) else 'http'}://{self.pages(service)}"

    @property
    def entrance(self) -> str:
        """Give the address of the proxy that people open, without a closing slash; empty without a proxy."""
        if "proxy" not in self.services:
            return ""
        settings = self.environment.proxy
        host = f"[{settings.hosts[0]}]" if ":" in settings.hosts[0] else settings.hosts[0]
        return settings.url or f"https://{host}:{self.port('proxy')}"

    def listen(self, name: str) -> str:
        """Give host and port that a service, or one of its doors, listens on."""
        owner = self.owner(name)
        anywhere = self.environment.runtime == "compose" and not self._guarded(owner)
        if name == "proxy" and not anywhere:
            return f"{self.environment.proxy.listen}:{self.port(name)}"
        if self.speaks_tls(name) and not anywhere:
            return f"{self.environment.web.listen}:{self.port(name)}"
        return f"0.0.0.0:{self.port(name)}" if anywhere else self.address(name)

    def secrets_of(self, service: Service) -> Mapping[str, str]:
        """Give the secrets that a service reads here because it is what it is, and where each comes from."""
        named = service.secrets.items()
        return {name: usual for name, usual in named if service.reads_secret(name, self.environment)}

    def owner(self, name: str) -> Service:
        """Give the service that a port belongs to, by the name of the port."""
        return next(service for service in self.defined.values() if name in service.ports)

    def reaches(self, client: str, name: str) -> bool:
        """Say whether one service can open a connection to another in this environment."""
        if self.environment.runtime == "native":
            return True
        mine, server = self.defined[client].container, self.defined[name].container
        return server.network in {mine.network, *mine.joins}

    def _guarded(self, service: Service) -> bool:
        return service.container.guarded and self.environment.doors == "proxy"

    def _host(self, service: Service) -> str:
        """Give a service's name on its network; a guarded one has one there that it has nowhere else."""
        if self.environment.runtime == "native":
            return "127.0.0.1"
        return f"{service.name}.{service.container.network}" if self._guarded(service) else service.name


def is_watched(path: str, service: Service) -> bool:
    """Say whether a rendered file lies in one of the folders that its service watches."""
    return any(path.startswith(f"{service.name}/{folder}/") for folder in service.watches)


def watched_files(tree: Tree, service: Service) -> Mapping[str, bytes]:
    """Give the rendered files that a service watches, by their path below its name."""
    prefix = f"{service.name}/"
    return {path.removeprefix(prefix): d for path, d in tree.files.items() if is_watched(path, service)}
