"""The values that flow through the pipelines, in their order; each holds the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.runtimes.protocol import Release

if TYPE_CHECKING:
    from stack.contract.forecast import Forecast
    from stack.report import Report
    from stack.runtimes.protocol import Change
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["Finding", "Plan", "Proof", "Release", "RenderedTree", "SmokeReport", "ValidatedTree"]


@dataclass(frozen=True, slots=True)
class RenderedTree:
    """Every file of a release, and the stack it was made from."""

    id: str
    stack: Stack
    tree: Tree


@dataclass(frozen=True, slots=True)
class Proof:
    """What one check found, and what it therefore proved."""

    check: str
    proves: str
    seconds: float
    report: Report


@dataclass(frozen=True, slots=True)
class ValidatedTree:
    """A rendered tree that every check has passed; only `validate` makes one."""

    rendered: RenderedTree
    proofs: tuple[Proof, ...]
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deploy would do and why, against the release that is live now.

    Args:
        validated: what it would make live.
        base: the release that is live now, None for none.
        changes: one per service.
        diff: the lines that differ in the files.
        healing: whether the last activation was cut off.
        discarded: the dashboards whose edits in Grafana it loses, as it was told to.
    """

    validated: ValidatedTree
    base: str | None
    changes: tuple[Change, ...]
    diff: tuple[str, ...]
    healing: bool = False
    discarded: tuple[str, ...] = ()

    @property
    def release(self) -> Release:
        """The release that the plan leads to."""
        rendered = self.validated.rendered
        return Release(rendered.id, rendered.stack, rendered.tree)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe saw at last.

    Args:
        probe: its name.
        passed: whether it saw what it asks for.
        said: the evidence, or what is missing.
        seconds: how long it took until it passed, or gave up.
    """

    probe: str
    passed: bool
    said: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SmokeReport:
    """A live release and what every probe found."""

    release: Release
    findings: tuple[Finding, ...]
