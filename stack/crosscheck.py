"""What the model of an environment cannot see: whether names exist, and whether values fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.assemble import ports, runs
from stack.duration import seconds
from stack.places import problem
from stack.scrape import owners
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

NAMED: Mapping[Keys, str] = {
    ("ports",): SERVICE,
    ("services",): SERVICE,
    ("flags",): SERVICE,
    ("targets",): SERVICE,
    ("versions",): PROGRAM,
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
    known = {SERVICE: defined, PROGRAM: programs, RULES: rules, JOB: jobs}
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
    timeout, interval = environment.scrape_timeout, environment.scrape_interval
    if seconds(timeout) > seconds(interval):
        summary = f"{timeout} is longer than scrape_interval, {interval}"
        yield problem(marked.where(("scrape_timeout",)), summary, "Prometheus refuses that")
    yield from _forgotten(environment, marked)
    label = environment.external_labels.get("env", environment.name)
    if label != environment.name:
        summary = f"must be '{environment.name}', the environment's name, not '{label}'"
        yield problem(marked.where(("external_labels", "env")), summary, "leave it out")


def job_names(environment: Environment, defined: Mapping[str, Service]) -> set[str]:
    """Name the scrape jobs that an environment could have, whatever it switches off."""
    stack = Stack(environment=environment, services=defined, defined=defined)
    passed = environment.prometheus.get("scrape_configs", [])
    return owners(stack).keys() | {job["job_name"] for job in passed if "job_name" in job}


def _forgotten(environment: Environment, marked: Marked) -> Iterator[Problem]:
    """Yield the objectives whose windows are longer than samples are kept."""
    kept = environment.retention
    if seconds(kept) < seconds(HISTORY):
        for name in objectives(environment):
            summary = f"needs samples of {HISTORY}, and retention keeps {kept}"
            hint = f"raise `retention`, or leave the objective out: `{name}: null`"
            yield problem(marked.where(("slos", name), key=True), summary, hint)


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
