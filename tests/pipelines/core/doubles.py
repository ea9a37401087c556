"""The effects of a run that lead to nothing outside a folder, and a runtime that notes what it is asked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.console import Console
from pipelines.core.effects import Effects
from pipelines.core.journal import Journal
from pipelines.core.options import Options
from pipelines.core.toolbox import Toolbox
from stack.assemble import assemble
from stack.environment import Environment
from stack.errors import BinaryMissing
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table
from stack.runtimes.protocol import Action, Change, Release
from tests.doubles.runtime import FakeRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.errors import StackError
    from stack.runtimes.protocol import Runtime, ServiceStatus
    from stack.service import Stack

__all__ = ["Noting", "effects", "release"]

BARE = Path("/nonexistent")
"""A repository without rules and dashboards."""


def release(name: str = "local", **sections: Any) -> Release:
    """Render a release of a bare repository."""
    stack = assemble(Environment.model_validate({"name": name, **sections}), root=BARE)
    digest, tree = render_tree(stack, process_table(stack))
    return Release(digest, stack, tree)


@dataclass
class Noting(FakeRuntime):
    """The runtime in memory, where a test may say what it answers.

    Args:
        statuses: what `status` answers, in place of what runs.
        lines: what every log holds.
        failing: what the next activation ends with.
        asked: what it was told to do since, in order.
    """

    statuses: tuple[ServiceStatus, ...] = ()
    lines: tuple[str, ...] = ()
    failing: StackError | None = None
    asked: list[str] = field(default_factory=list)

    def deployed(self, made: Release, *, proved: bool = True) -> Noting:
        """Deploy a release, as a run before this one did."""
        super().activate(made, tuple(Change(name, Action.CREATE, "") for name in made.stack.services))
        if proved:
            self.prove(made.id)
        self.activated.clear()
        return self

    def activate(self, release: Release, changes: tuple[Change, ...]) -> None:
        super().activate(release, changes)
        if self.failing:
            raise self.failing

    def logged(self) -> tuple[str, ...]:
        """Name those of the log files in its folder."""
        return tuple(sorted(log.stem for log in (self.folder / "logs").glob("*.log")))

    def status(self, stack: Stack) -> tuple[ServiceStatus, ...]:
        return self.statuses or super().status(stack)

    def logs(self, service: str, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
        yield from self.lines[-lines:]

    def start(self, stack: Stack) -> None:
        super().start(stack)
        self.asked.append("start")

    def stop(self) -> None:
        super().stop()
        self.asked.append("stop")

    def restart(self, service: str) -> None:
        super().restart(service)
        self.asked.append(f"restart {service}")

    def destroy(self, *, keep_data: bool) -> None:
        super().destroy(keep_data=keep_data)
        self.asked.append("destroy, keep data" if keep_data else "destroy")


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
