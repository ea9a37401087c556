"""The drill itself: every part of a snapshot goes into servers of its own, and answers as it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backups.source import Origin, Tools, Wish
from pipelines.commands.restore._scratch import scratch_release
from pipelines.core.throwaway import throwaway
from pipelines.stages.capture import sources
from pipelines.stages.preview import show
from stack.clients.prometheus import Prometheus
from stack.emit import from_yaml
from stack.errors import BinaryMissing, Refused
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backups.source import Step
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Fetched

__all__ = ["rehearsed"]

CONFIG = "config"
"""The part that the servers are made from, and that is not brought back into them."""


def rehearsed(fetched: Fetched, effects: Effects) -> Mapping[str, tuple[Step, ...]]:
    """Bring every part back into servers that are there for nothing else, and give what was done.

    Raises:
        Refused: one of them is not as it was, with the first difference.
        ActivationFailed: the servers do not come up.
    """
    place, manifest = fetched.snapshot.shelf.place, fetched.snapshot.manifest
    parts = tuple(_attainable(fetched, effects))
    needed = {service for part in parts for service in sources()[part].services}
    release = scratch_release(fetched.folder / CONFIG, needed, effects)
    done: dict[str, tuple[Step, ...]] = {}
    with throwaway(release, place.root, effects) as runtime:
        tools = Tools(effects.toolbox.tools(release.stack), effects.console.doing)
        origin = Origin(release.stack, runtime, runtime.folder / "notes", tools)
        for name in parts:
            done[name] = sources()[name].restore(origin, fetched.folder / name, manifest.parts[name], Wish())
            show(name, done[name], effects)
            other = next(_differences(name, fetched, origin, done[name]), "")
            if other:
                raise Refused(
                    message=f"snapshot {fetched.snapshot.id[:8]} does not come back: {name}: {other}"
                )
    return done


def _attainable(fetched: Fetched, effects: Effects) -> Iterator[str]:
    """Yield the parts whose servers this machine can have, and tell of the others."""
    from stack.assemble import services

    defined, environment = services(), fetched.snapshot.shelf.environment
    for name in fetched.parts:
        if name == CONFIG:
            continue
        programs = [one for service in sources()[name].services if (one := defined[service].program)]
        try:
            effects.toolbox.programs(programs, environment)
        except BinaryMissing as error:
            effects.console.item("!", f"{name:<12} is not tried: {error}")
        else:
            yield name


def _differences(name: str, fetched: Fetched, origin: Origin, done: tuple[Step, ...]) -> Iterator[str]:
    """Give what is otherwise than at the time of the backup: answers, what is still to be done, rules."""
    source, part, folder = sources()[name], fetched.snapshot.manifest.parts[name], fetched.folder / name
    yield from source.prove(origin, part, done)
    for step in source.plan(origin, folder, part, Wish()):
        if step.action not in {"leave", "cannot"}:
            yield f"{step.kind} {step.name} is not there"
    if name == "metrics":
        if len(done) != part.counts["blocks"] or any(step.action != "create" for step in done):
            yield f"{sum(step.action != 'create' for step in done)} block(s) did not go back"
        yield from _rules(fetched, origin)


def _rules(fetched: Fetched, origin: Origin) -> Iterator[str]:
    """Hold the rules that are loaded against the files of the snapshot."""
    tree = Tree.read(fetched.folder / CONFIG).below("prometheus/rules")
    wanted = sorted(
        group["name"] for data in tree.files.values() for group in (from_yaml(data) or {}).get("groups", ())
    )
    server = Prometheus(origin.runtime.door(origin.stack, "prometheus"))
    loaded = sorted(group["name"] for group in server.rule_groups())
    if wanted != loaded:
        yield f"{len(loaded)} rule groups are loaded, not {len(wanted)}"
