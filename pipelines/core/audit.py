"""What an audit is: one question that a stranger would ask of a live stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.clients.http import Session
from stack.discover import definitions
from stack.errors import HttpFailed
from stack.report import Problem, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stack.runtimes.protocol import Runtime
    from stack.service import Stack

__all__ = ["Audit", "Audited", "Outside", "audit"]


@dataclass(frozen=True, slots=True)
class Outside:
    """What an audit looks at: a stack that runs.

    Args:
        stack: what was rendered.
        runtime: what carries it.
    """

    stack: Stack
    runtime: Runtime

    @property
    def stranger(self) -> Session:
        """HTTP to the proxy without any credentials."""
        return Session(self.stack.entrance, verify=self.runtime.authority(self.stack))

    @property
    def grafana(self) -> Session:
        """HTTP to Grafana's own login, by the proxy where there is one."""
        if self.stack.entrance:
            return Session(f"{self.stack.entrance}/grafana", verify=self.runtime.authority(self.stack))
        return Session(f"http://{self.stack.address('grafana')}")


@dataclass(frozen=True, slots=True)
class Audit:
    """One question.

    Args:
        asks: what it looks for, in a few words.
        run: yields what is wrong; `Problem.check` is filled in.
        needs: the services without which there is nothing to look for.
    """

    asks: str
    run: Callable[[Outside], Iterator[Problem]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audited:
    """What one audit found; `asked` is false where there was nothing to look for."""

    name: str
    audit: Audit
    asked: bool
    report: Report


def audit(outside: Outside) -> tuple[Audited, ...]:
    """Ask every question of a live stack, by name."""
    every: Mapping[str, Audit] = definitions("pipelines.audits", "AUDIT", Audit)
    return tuple(_audited(name, one, outside) for name, one in every.items())


def _audited(name: str, one: Audit, outside: Outside) -> Audited:
    asked = outside.stack.services.keys() >= set(one.needs)
    return Audited(name, one, asked, Report.of(_problems(name, one, outside)) if asked else Report())


def _problems(name: str, one: Audit, outside: Outside) -> Iterator[Problem]:
    try:
        yield from one.run(outside)
    except HttpFailed as failed:
        hint = "what could not be asked is not known to be safe"
        yield Problem(name, str(failed.fields["url"]), f"no answer: {failed.fields['message']}", hint=hint)
