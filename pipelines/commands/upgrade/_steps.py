"""Which version of each program runs, and which one is wanted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.core.recall import recall_live
from stack.assemble import assemble
from stack.binaries import wanted_version
from stack.clients.flags import refusals
from stack.errors import BinaryMissing, CommandFailed, HttpFailed, NothingKept
from stack.report import Problem, Severity
from stack.upgrade import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.effects import Effects
    from stack.service import Service, Stack

__all__ = ["refused_flags", "running", "steps", "wanted_stack"]

VERSION = r'(?m)^{name}_build_info\{{(?:[^}}]*,)?version="v?([^"]+)"'


def wanted_stack(effects: Effects) -> Stack:
    """Give what an environment wants now.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
    """
    environment = effects.options.load().environment
    return assemble(environment, root=effects.root, sites=effects.options.sites)


def running(effects: Effects) -> dict[str, str]:
    """Give the version of each service of the live release, empty where it does not run or does not say.

    Its own page says it, whatever it was started from; where there is none, as the proxy's, it is what the
    runtime has started.
    """
    try:
        live = recall_live(effects).stack
    except NothingKept:
        return {}
    return {
        one.service: _said(one.service, live, effects) or one.version if one.pid else ""
        for one in effects.runtime.status(live)
    }


def steps(stack: Stack, versions: Mapping[str, str]) -> dict[str, Step]:
    """Give the step of each service that has a program of somebody else, from the version that runs."""
    return {
        name: Step(
            service.program.name,
            versions.get(name, ""),
            wanted_version(service.program, stack.environment),
            _flags(service, stack),
        )
        for name, service in stack.services.items()
        if service.program
    }


def refused_flags(name: str, step: Step, stack: Stack, effects: Effects) -> Iterator[Problem]:
    """Ask the wanted program itself whether it knows its flags, where it can be had."""
    service = stack.services[name]
    where = f"{step.program} {step.wanted}"
    try:
        binary = effects.toolbox.find(replace(stack, services={name: service}))[step.program]
        executable = service.process(stack).argv[0]
        for flag, said in refusals(binary.executables[executable], step.argv):
            is_own = flag in stack.environment.flags.get(name, ())
            hint = f"take it out of `flags.{name}`" if is_own else ""
            yield Problem("upgrade", where, f"does not start with {flag}: {said}", hint=hint)
    except (BinaryMissing, CommandFailed) as error:
        summary = f"nobody could ask it whether it knows its flags: {error}"
        yield Problem("upgrade", where, summary, Severity.WARNING)


def _said(name: str, live: Stack, effects: Effects) -> str:
    program = live.services[name].program
    if program is None:
        return ""
    try:
        page = effects.runtime.door(live, name).get("/metrics").text
    except HttpFailed:
        return ""
    found = re.search(VERSION.format(name=program.name), page)
    return found[1] if found else ""


def _flags(service: Service, stack: Stack) -> tuple[str, ...]:
    """Give the flags of a service's program; none of one that takes further words, as `grafana server`."""
    words = service.process(stack).argv[1:]
    return words if all(word.startswith("-") for word in words) else ()
