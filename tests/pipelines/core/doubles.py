"""A runtime that only notes what it is asked, and the effects around it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.console import Console
from pipelines.core.effects import Effects
from pipelines.core.journal import Journal
from pipelines.core.options import Options
from pipelines.core.toolbox import Toolbox
from stack.assemble import assemble
from stack.environment import Environment
from stack.errors import BinaryMissing, NothingKept
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table
from stack.runtimes.protocol import Live, Release, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.assemble import Stack
    from stack.clients.http import Session
    from stack.errors import StackError
    from stack.runtimes.protocol import Change, Runtime, ServiceStatus
    from stack.tree import Tree

__all__ = ["Noting", "effects", "release"]

BARE = Path("/nonexistent")
"""A repository without rules and dashboards."""


def release(name: str = "local", **sections: Any) -> Release:
    """Render a release of a bare repository."""
    environment = Environment.model_validate({"name": name, **sections})
    stack = assemble(environment, root=BARE)
    return Release(*_named(stack))


def _named(stack: Stack) -> tuple[str, Stack, Tree]:
    name, tree = render_tree(stack, process_table(stack))
    return name, stack, tree


@dataclass
class Noting:
    """A runtime in memory.

    Args:
        folder: the environment's folder.
        now: what is live.
        trees: kept releases, the one that was activated last at the end.
        proved: those of them that were proved.
        statuses: what `status` answers.
        lines: what every log holds.
        failing: what a method raises, by its name.
        asked: the methods that changed something, in order.
    """

    folder: Path
    name: str = "noting"
    now: Live = field(default_factory=Live)
    trees: dict[str, Tree] = field(default_factory=dict)
    proved: list[str] = field(default_factory=list)
    statuses: tuple[ServiceStatus, ...] = ()
    lines: tuple[str, ...] = ()
    failing: dict[str, StackError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    activated: list[tuple[str, tuple[Change, ...]]] = field(default_factory=list)

    def keep(self, made: Release, *, proved: bool = True, live: bool = False) -> Noting:
        """Keep a release, as if it had been deployed."""
        self.trees[made.id] = made.tree
        self.proved += [made.id] if proved else []
        if live:
            state = State.PROVED if proved else State.ACTIVE
            self.now = Live(made.id, state, 100.0, self.fingerprints(made.stack, made.tree), made.tree)
        return self

    def files(self, stack: Stack) -> Mapping[str, bytes]:
        return process_table(stack)

    def fingerprints(self, stack: Stack, tree: Tree) -> Mapping[str, str]:
        return dict.fromkeys(stack.services, "same")

    def live(self) -> Live:
        return self.now

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        self.activated.append((release.id, changes))
        self.keep(release, proved=False, live=True)
        self._asked("activate")

    def rotated(self, references: Mapping[str, str]) -> tuple[str, ...]:
        return ()

    def prove(self, release: str) -> None:
        self.proved.append(release)
        self.now = replace(self.now, state=State.PROVED)

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        ages = enumerate(reversed(self.trees))
        return tuple((name, 1_000.0 - age, name in self.proved) for age, name in ages)

    def kept(self, release: str) -> Tree:
        if release not in self.trees:
            raise NothingKept(message=f"release '{release}' is not kept")
        return self.trees[release]

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        return self.statuses

    def door(self, stack: Stack, service: str) -> Session:
        raise AssertionError(service)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        yield from self.lines[-lines:]

    def start(self, stack: Stack) -> None:
        self._asked("start")

    def stop(self) -> None:
        self._asked("stop")

    def restart(self, service: str) -> None:
        self._asked(f"restart {service}")

    def destroy(self, *, keep_data: bool) -> None:
        self._asked("destroy, keep data" if keep_data else "destroy")

    def _asked(self, what: str) -> None:
        self.asked.append(what)
        if what in self.failing:
            raise self.failing[what]


def effects(
    folder: Path, runtime: Runtime | None = None, *, json: bool = False, task: str = "test", **values: Any
) -> Effects:
    """Give effects that lead to nothing outside a folder."""
    return Effects(
        root=BARE,
        var=folder,
        options=Options(json=json, values=values),
        console=Console(json=json),
        journal=Journal(folder / "runs", task, "local"),
        toolbox=Toolbox(_find_nothing, lambda _: None),
        runtime=runtime or Noting(folder / "local"),
        closing=ExitStack(),
    )


def _find_nothing(programs: Any, environment: Any) -> Any:
    raise BinaryMissing(program=next(iter(programs)).name, version="1", reasons="none was looked for")
