"""What the model of an environment cannot see: whether names exist, and whether values fit each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stack.access import CERTIFICATE, KEY, WEB_AUTHORITY, WEB_CONFIG, WEB_PASSWORD
from stack.assemble import ports, runs
from stack.discovery_jobs import discovery_jobs
from stack.duration import seconds
from stack.images import registries
from stack.places import problem
from stack.scrape import owners
from stack.secrets.kind import made_from
from stack.service import Stack
from stack.slo import HISTORY, objectives
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from stack.environment import Environment
    from stack.places import Keys, Marked
    from stack.report import Problem
    from stack.service import Service

__all__ = ["job_names", "unfit", "unknown_names"]

SERVICE, PROGRAM, RULES, JOB = "service", "program", "rule file", "scrape job"
REGISTRY = "registry"

HELD = re.compile(r"$|(local:)?/|(s3|rest|azure|b2|swift):")
"""What restic reaches by itself; `sftp:` and `rclone:` need another program, and the latter's settings."""

NAMED: Mapping[Keys, str] = {
    ("ports",): SERVICE,
    ("services",): SERVICE,
    ("flags",): SERVICE,
    ("targets",): SERVICE,
    ("versions",): PROGRAM,
    ("digests",): PROGRAM,
    ("registries",): REGISTRY,
    ("binaries", "paths"): PROGRAM,
    ("disable", "services"): SERVICE,
    ("disable", "rules"): RULES,
    ("disable", "scrape_jobs"): JOB,
    ("cardinality", "jobs"): JOB,
}


def unknown_names(
    marked: Marked, defined: Mapping[str, Service], rules: Collection[str], jobs: Collection[str] | None
) -> Iterator[Problem]:
    """Yield each name in an environment that belongs to nothing.

    Args:
        marked: the merged document.
        defined: every service that there is.
        rules: the stems of all rule files.
        jobs: the names of all scrape jobs; None where they cannot be told.
    """
    programs = {service.program.name for service in defined.values() if service.program}
    known = {SERVICE: defined, PROGRAM: programs, RULES: rules, JOB: jobs, REGISTRY: registries()}
    for section, kind in NAMED.items():
        # A service may have further ports, each with a name of its own.
        names = ports(defined) if section == ("ports",) else known[kind]
        for path, name in _names(marked, section):
            if names is not None and name not in names:
                where = marked.where(path, key=True)
                yield problem(where, f"there is no {kind} '{name}'", suggestion(name, names))


def unfit(environment: Environment, marked: Marked, defined: Mapping[str, Service]) -> Iterator[Problem]:
    """Yield the values that do not fit each other."""
    yield from _shared_ports(environment, marked, defined)
    yield from _without_certificate(environment, marked)
    yield from _underived(environment, marked, defined)
    yield from _unready_for_tls(environment, marked, defined)
    yield from _uncontained(environment, marked, defined)
    yield from _untimed(environment, marked, defined)
    timeout, interval = environment.scrape_timeout, environment.scrape_interval
    if seconds(timeout) > seconds(interval):
        summary = f"{timeout} is longer than scrape_interval, {interval}"
        yield problem(marked.where(("scrape_timeout",)), summary, "Prometheus refuses that")
    yield from _forgotten(environment, marked)
    yield from _undiscovered(environment, marked, defined)
    label = environment.external_labels.get("env", environment.name)
    if label != environment.name:
        summary = f"must be '{environment.name}', the environment's name, not '{label}'"
        yield problem(marked.where(("external_labels", "env")), summary, "leave it out")


def job_names(environment: Environment, defined: Mapping[str, Service]) -> set[str]:
    """Name the scrape jobs that an environment could have, whatever it switches off."""
    stack = Stack(environment=environment, services=defined, defined=defined)
    passed = (*discovery_jobs(environment), *environment.prometheus.get("scrape_configs", []))
    return owners(stack).keys() | {job["job_name"] for job in passed if "job_name" in job}


def _forgotten(environment: Environment, marked: Marked) -> Iterator[Problem]:
    """Yield the objectives whose windows are longer than samples are kept."""
    kept = environment.retention
    if seconds(kept) < seconds(HISTORY):
        for name in objectives(environment):
            summary = f"needs samples of {HISTORY}, and retention keeps {kept}"
            hint = f"raise `retention`, or leave the objective out: `{name}: null`"
            yield problem(marked.where(("slos", name), key=True), summary, hint)


def _without_certificate(environment: Environment, marked: Marked) -> Iterator[Problem]:
    """Yield what the proxy's own certificate lacks where it is to come from files."""
    for name in {CERTIFICATE, KEY} - environment.secrets.keys() if environment.proxy.tls == "files" else ():
        hint = f"say under `secrets` where it comes from: `{name}: file:PATH`"
        yield problem(marked.where(("proxy", "tls")), f"there is no secret '{name}'", hint)


def _underived(environment: Environment, marked: Marked, defined: Mapping[str, Service]) -> Iterator[Problem]:
    """Yield the secrets that are made from one that there is not, or that is itself made from another."""
    known = {name: default for service in defined.values() for name, default in service.secrets.items()}
    known |= environment.secrets
    for name, reference in environment.secrets.items():
        other = made_from(reference)
        where = marked.where(("secrets", name))
        if other and other not in known:
            yield problem(where, f"there is no secret '{other}'", suggestion(other, known))
        elif other and made_from(known[other]):
            yield problem(where, f"'{other}' is itself made from another secret")


def _undiscovered(
    environment: Environment, marked: Marked, defined: Mapping[str, Service]
) -> Iterator[Problem]:
    """Yield what is to be found in containers, and cannot be."""
    wanted = environment.discovery
    if environment.runtime == "compose" and wanted.docker and not wanted.networks:
        summary = "name the networks that Prometheus is to join; a container reaches no others"
        yield problem(marked.where(("discovery", "docker")), summary, "under `discovery.networks`")
    if "host" in wanted.networks and environment.runtime == "compose":
        where = marked.where(("discovery", "networks"))
        yield problem(where, "a Prometheus in a container does not share the network `host`", "leave it out")
    yield from _unseen_files(environment, marked)
    runs_not = not runs(defined["discoverer"], environment)
    for index, resource in enumerate(environment.resources):
        if resource.kind == "docker" and runs_not:
            summary = "the discoverer, which alone sees containers, is switched off"
            yield problem(marked.where(("resources", index)), summary, "`services: {discoverer: true}`")


def _unseen_files(environment: Environment, marked: Marked) -> Iterator[Problem]:
    """Yield the files of targets that a container would not see."""
    wanted = environment.discovery
    if wanted.files and environment.runtime == "compose" and not wanted.folder:
        summary = "a container sees no files of targets unless it is told in which folder they lie"
        hint = "the engine's machine's, `folder: /etc/monitoring/targets`"
        yield problem(marked.where(("discovery", "files")), summary, hint)
    for index, pattern in enumerate(wanted.files if environment.runtime == "compose" else ()):
        if pattern.startswith(("/", "../")):
            where = marked.where(("discovery", "files", index))
            yield problem(where, f"'{pattern}' lies in no container", "write it from `discovery.folder` on")
    if wanted.folder and not wanted.files:
        summary = "no files are taken from this folder"
        yield problem(marked.where(("discovery", "folder")), summary, 'name them: `files: ["*.json"]`')


def _unready_for_tls(
    environment: Environment, marked: Marked, defined: Mapping[str, Service]
) -> Iterator[Problem]:
    """Yield what servers lack that are to speak TLS themselves, and those that cannot."""
    able = sorted(name for name, service in defined.items() if service.web)
    for at, name in enumerate(environment.web.services):
        if name not in able:
            hint = suggestion(name, able)
            yield problem(marked.where(("web", "services", at)), f"'{name}' cannot speak TLS itself", hint)
    where = marked.where(("web", "services"))
    needed = {WEB_CONFIG, WEB_AUTHORITY, WEB_PASSWORD} if environment.web.services else set()
    for name in sorted(needed - environment.secrets.keys()):
        hint = f"say under `secrets` where it comes from: `{name}: file:PATH`"
        yield problem(where, f"there is no secret '{name}'", hint)
    if needed and runs(defined["proxy"], environment):
        yield problem(where, "the proxy knows no password of theirs", "have the one or the other")


def _uncontained(
    environment: Environment, marked: Marked, defined: Mapping[str, Service]
) -> Iterator[Problem]:
    """Yield the services that would be processes, though they are made for containers."""
    for name, service in defined.items() if environment.runtime == "native" else ():
        if service.contained and runs(service, environment):
            summary = f"{name} runs in containers alone"
            yield problem(marked.where(("services", name)), summary, "`runtime: compose`, or leave it out")


def _untimed(environment: Environment, marked: Marked, defined: Mapping[str, Service]) -> Iterator[Problem]:
    """Yield what keeps a stack from making its own backups by the clock."""
    wanted, where = environment.backup, marked.where(("backup", "schedule"))
    if wanted.schedule and environment.runtime == "native":
        summary = "a stack has a clock of its own in containers alone"
        yield problem(where, summary, "leave it out; `invoke backup.schedule` takes this machine's")
    if not wanted.schedule and runs(defined["backup"], environment):
        yield problem(where, "service backup runs, and is not told when", '`schedule: "17 2 * * *"`')
    if wanted.schedule and not HELD.match(wanted.repository):
        summary = "cannot be reached from a container: it has the programs of no other storage"
        hint = "a folder by its whole path, s3:, rest:, azure:, b2:, swift:; or leave `backup.schedule` out"
        yield problem(marked.where(("backup", "repository")), summary, hint)


def _names(marked: Marked, section: Keys) -> Iterator[tuple[Keys, str]]:
    node = marked.at(section)
    if isinstance(node, dict):
        yield from (((*section, name), name) for name in node)
    if isinstance(node, list):
        yield from (((*section, index), name) for index, name in enumerate(node) if isinstance(name, str))


def _shared_ports(
    environment: Environment, marked: Marked, defined: Mapping[str, Service]
) -> Iterator[Problem]:
    holders: dict[int, str] = {}
    running = {name: service for name, service in defined.items() if runs(service, environment)}
    for name, usual in ports(running).items():
        port = environment.ports.get(name, usual)
        other = holders.setdefault(port, name)
        if other != name:
            mover, keeper = (name, other) if name in environment.ports else (other, name)
            yield problem(marked.where(("ports", mover)), f"port {port} is that of {keeper} too")
