"""Everything that a stage may do to the world, and the one place that picks the real implementations."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.core.console import Console
    from pipelines.core.journal import Journal
    from pipelines.core.options import Options
    from pipelines.core.toolbox import Toolbox
    from stack.binaries import Binary
    from stack.environment import Environment
    from stack.programs import Program
    from stack.runtimes.protocol import Runtime

__all__ = ["Effects", "build", "elsewhere"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Effects:
    """The doors to the world.

    Args:
        root: the repository.
        var: the folder of everything that is produced.
        options: what this run was told.
        console: what the user sees.
        journal: the record of this run.
        toolbox: finds programs.
        runtime: carries the services.
        closing: what is to be undone when the run ends, locks among it.
    """

    root: Path
    var: Path
    options: Options
    console: Console
    journal: Journal
    toolbox: Toolbox
    runtime: Runtime
    closing: ExitStack

    @property
    def folder(self) -> Path:
        """The folder of the environment."""
        return self.runtime.folder


def build(options: Options, task: str, console: Console, *, keeps: bool) -> Effects:
    """Pick the real implementations for one run; what it produces lies in MONITORING_VAR, or in `var/`."""
    # Imported here, since a run that only lists tasks needs none of them.
    from pipelines.core.journal import Journal
    from pipelines.core.toolbox import Toolbox

    var = Path(os.environ.get("MONITORING_VAR") or ROOT / "var").resolve()
    toolbox = Toolbox(_Resolver(console, var / "cache"), lambda line: console.item("!", line))
    return Effects(
        root=ROOT,
        var=var,
        options=options,
        console=console,
        journal=Journal(var / "runs", task, options.environment, keeps=keeps),
        toolbox=toolbox,
        runtime=_runtime(options, toolbox, console, var),
        closing=ExitStack(),
    )


def elsewhere(effects: Effects, folder: Path) -> Effects:
    """Give the same run a runtime in another folder: for a stack of its own beside the environment's."""
    from stack.runtimes.native import Native

    return replace(effects, runtime=Native(folder, effects.toolbox.find))


def _runtime(options: Options, toolbox: Toolbox, console: Console, var: Path) -> Runtime:
    """Give what carries the environment's services, by what its files say; they are judged elsewhere."""
    from stack.layers import setting

    folder = var / options.environment
    if setting("runtime", options.environment, options.sites, options.overrides) != "compose":
        from stack.runtimes.native import Native

        return Native(folder, toolbox.find)
    from pipelines.core.images import Images
    from stack.images import own_reference
    from stack.runtimes.compose import Compose

    fetch = Images(options, toolbox, console, var / "cache")
    return Compose(folder, toolbox.compose, own_reference, fetch, inside=_is_inside())


def _is_inside() -> bool:
    """Say whether this run is in one of the stack's containers: with its programs, on its networks."""
    return bool(os.environ.get("MONITORING_INSIDE"))


class _Resolver:
    """Finds programs in the sources that an environment lists."""

    def __init__(self, console: Console, cache: Path) -> None:
        self._console = console
        self._cache = cache

    def __call__(self, programs: Iterable[Program], environment: Environment) -> Mapping[str, Binary]:
        from stack.binaries import resolve  # brings requests along
        from stack.environment import BinarySettings

        if _is_inside():
            environment = environment.model_copy(update={"binaries": BinarySettings(sources=("path",))})
        return resolve(
            tuple(programs),
            environment,
            self._cache,
            tell=lambda line: self._console.item("!", line),
            progress=self._console.fetching,
        )
