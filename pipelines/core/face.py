"""From pipelines and commands to Invoke tasks: names, options, help, exit codes."""

from __future__ import annotations

import inspect
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invoke.collection import Collection
from invoke.tasks import Task

from pipelines.core.boundary import guarded
from pipelines.core.options import Option, Options
from pipelines.core.positionals import let_positionals_be_left_out
from stack.discover import folders, stems

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from invoke.context import Context

    from pipelines.core.effects import Effects
    from pipelines.core.stage import Stage

__all__ = ["command_collection", "command_task", "pipeline_collection"]

COMMON = (
    Option("env", "the environment; MONITORING_ENV or `local` where it is not given"),
    Option("site", "a folder with your own environments, rules and dashboards (may be repeated)", many=True),
    Option(
        "set", "path=value: another value for one setting of the environment (may be repeated)", many=True
    ),
    Option("json", "print the result as JSON", default=False),
)
let_positionals_be_left_out()


def pipeline_collection(name: str) -> Collection:
    """Make a collection of a pipeline: a task per stage, the last of them also by the pipeline's own name."""
    module = import_module(f"pipelines.{name}")
    collection = Collection(name)
    collection.__doc__ = module.__doc__
    stages = module.PIPELINE.stages
    for step in stages:
        last = step is stages[-1]
        if step.load:
            alone = _alone(module, step)
            collection.add_task(_task(f"{name}.{step.name}", step.summary, module, alone, step.options))
        elif not last:
            prefix = _prefix(module, step)
            collection.add_task(_task(f"{name}.{step.name}", step.summary, module, prefix))
    whole = _task(name, _summary(module), module, _prefix(module, stages[-1]))
    collection.add_task(whole, default=True)
    if name in folders("pipelines.commands"):
        _add_verbs(collection, name)
    return collection


def command_task(name: str) -> Task[Any]:
    """Make a task of a one-shot verb: its module's `run` takes the effects and gives the exit code.

    The journal keeps a run of it where its module says `KEEPS = True`: others ask later how it ended.

    Args:
        name: `status`, or with the folder that it lies in, `rules.test`.
    """
    module = import_module(f"pipelines.commands.{name}")
    return _task(name, _summary(module), module, module.run)


def command_collection(name: str) -> Collection:
    """Make a collection of a folder of verbs; its `DEFAULT` names the one that has the folder's own name."""
    package = import_module(f"pipelines.commands.{name}")
    collection = Collection(name)
    collection.__doc__ = package.__doc__
    _add_verbs(collection, name, default=getattr(package, "DEFAULT", ""))
    return collection


def _add_verbs(collection: Collection, name: str, default: str = "") -> None:
    """Add a folder's verbs, also to the collection of the pipeline that has the folder's name."""
    for verb in stems(f"pipelines.commands.{name}"):
        collection.add_task(command_task(f"{name}.{verb}"), name=verb, default=verb == default)


def _summary(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().partition("\n")[0]


def _prefix(module: ModuleType, step: Stage[Any, Any]) -> Callable[[Effects], int]:
    """Run a pipeline up to a stage."""

    def run(effects: Effects) -> int:
        loaded = effects.options.load()
        return _end(module, step, module.PIPELINE.until(step.name).run(loaded, effects), effects)

    return run


def _alone(module: ModuleType, step: Stage[Any, Any]) -> Callable[[Effects], int]:
    """Run one stage on what is kept on disk."""

    def run(effects: Effects) -> int:
        with effects.journal.stage(step.name), effects.console.stage(step.name):
            value = step.run(step.load(effects), effects) if step.load else None
        return _end(module, step, value, effects)

    return run


def _end(module: ModuleType, step: Stage[Any, Any], value: object, effects: Effects) -> int:
    last = step is module.PIPELINE.stages[-1]
    ending = module.finish if last else getattr(module, "ENDINGS", {}).get(step.name, _said)
    code: int = ending(value, effects)
    return code


def _said(value: object, effects: Effects) -> int:
    effects.console.end(f"{type(value).__name__} made")
    return 0


def _task(
    full: str,
    summary: str,
    module: ModuleType,
    work: Callable[[Effects], int],
    options: tuple[Option, ...] = (),
) -> Task[Any]:
    """Make an Invoke task whose flags are the common options, and the module's own or the given ones."""
    own: tuple[Option, ...] = options or getattr(module, "OPTIONS", ())
    whole = hasattr(module, "PIPELINE") and "." not in full
    keeps = hasattr(module, "PIPELINE") or getattr(module, "KEEPS", False)
    outcome = getattr(module, "OUTCOME", None) if whole or not hasattr(module, "PIPELINE") else None
    name = "run" if whole else full.rpartition(".")[2]

    def body(context: Context, **given: Any) -> None:
        from invoke.exceptions import Exit  # here alone

        del context
        if code := guarded(full, _options(given), work, keeps=keeps, outcome=outcome):
            raise Exit(code=code)

    body.__name__, body.__doc__ = name, summary
    body.__signature__ = _signature((*own, *COMMON))  # type: ignore[attr-defined] # what inspect looks for
    return Task(
        body,
        name=body.__name__,
        positional=[option.name for option in own if option.positional],
        iterable=[option.name for option in (*own, *COMMON) if option.many],
        help={option.name.replace("_", "-"): option.help for option in (*own, *COMMON)},
        auto_shortflags=False,
    )


def _signature(options: tuple[Option, ...]) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("context", kind)]
    parameters += [inspect.Parameter(option.name, kind, default=_default(option)) for option in options]
    return inspect.Signature(parameters)


def _default(option: Option) -> Any:
    if option.many:
        return []
    return None if option.positional else option.default


def _options(given: dict[str, Any]) -> Options:
    sites = given.pop("site") or list(filter(None, os.environ.get("MONITORING_SITE", "").split(":")))
    return Options(
        environment=given.pop("env") or os.environ.get("MONITORING_ENV") or "local",
        sites=tuple(Path(site).expanduser().resolve() for site in sites),
        overrides=tuple(given.pop("set")),
        json=given.pop("json"),
        values=given,
    )
