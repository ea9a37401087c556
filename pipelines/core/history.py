"""What was run before, from the records that runs leave."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from pipelines.core.effects import Effects

__all__ = ["last_facts", "last_good", "newest", "records"]


def last_good(task: str, effects: Effects) -> float | None:
    """Give when a task last began, in unix seconds, that ended well in this environment; None for never."""
    found = newest(effects, task, where=lambda record: record["result"] == "passed")
    return None if found is None else float(found["began"])


def last_facts(task: str, effects: Effects, names: Iterable[str]) -> dict[str, Any]:
    """Give the facts of these names that runs of a task have noted last, however they ended.

    Each is of the newest run that has noted it; one that none has noted is not there.
    """
    wanted, found = set(names), dict[str, Any]()
    for record in _records(effects, (task,)) if wanted else ():
        found |= {name: record[name] for name in wanted - found.keys() if name in record}
        if found.keys() == wanted:
            break
    return found


def newest(
    effects: Effects, *tasks: str, where: Callable[[Mapping[str, Any]], bool] = lambda _: True
) -> Mapping[str, Any] | None:
    """Give the newest record of any of these tasks in this environment; None where there is none.

    A run that goes on, or was cut off, has no end to tell of, and is passed over.

    Args:
        effects: the environment's name, and where the records lie.
        tasks: full names: `deploy`, `restore.drill`.
        where: what else is asked of a record.
    """
    return next((record for record in _records(effects, tasks) if where(record)), None)


def _records(effects: Effects, tasks: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    return records(effects.var, effects.options.environment, tasks)


def records(var: Path, environment: str, tasks: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Yield the records of tasks that have come to an end, the newest first.

    Args:
        var: the folder of all that is produced.
        environment: the environment's name.
        tasks: full names.
    """
    # The moment of its start begins a record's name, and the environment and the task stand in it.
    paths = {path for task in tasks for path in (var / "runs").glob(f"*-{environment}-{task}-*.json")}
    for path in sorted(paths, reverse=True):
        with suppress(OSError, ValueError, KeyError, TypeError):  # gone in the meantime, or none of ours
            record = json.loads(path.read_bytes())
            mine = record["environment"] == environment and record["task"] in tasks
            if mine and record["result"] in {"passed", "failed"} and float(record["began"]) >= 0:
                yield record
