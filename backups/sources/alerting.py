"""Alertmanager's state: silences, and the log of what was told to whom."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backups.manifest import Part
from backups.source import Source, Step
from stack.alerting.silences import read_document, written
from stack.clients.alertmanager import Alertmanager
from stack.emit import to_json
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from backups.manifest import Entry
    from backups.source import Origin, Tools, Wish

__all__ = ["SOURCE"]

SILENCES, LOG = "silences.json", "nflog"
SAYS = ("matchers", "startsAt", "endsAt", "createdBy", "comment")
"""What a silence is made of; the rest is the server's."""


def _capture(origin: Origin, folder: Path) -> Part:
    found = _standing(_server(origin))
    folder.mkdir(parents=True)
    (folder / SILENCES).write_bytes(to_json(found))
    store = origin.runtime.store("alertmanager")
    if LOG in store.names():
        # It is replaced by a rename once a minute, so that a copy is whole.
        store.take(LOG, folder / LOG)
    return Part({"silences": len(found)})


def _plan(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    del part, wish
    return tuple(step for step, _ in _steps(origin, folder))


def _restore(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    del part, wish
    steps = tuple(_steps(origin, folder))
    if any(step.kind == "log" and step.action == "create" for step, _ in steps):
        store = origin.runtime.store("alertmanager")
        with origin.runtime.stopped(origin.stack, "alertmanager"):
            store.put(folder / LOG, LOG)
    return tuple(_made(_server(origin), steps))


def _made(server: Alertmanager, steps: Iterable[tuple[Step, Mapping[str, Any] | None]]) -> list[Step]:
    """Make the silences that are missing, all or none; each step is named by its silence's id now."""
    done: list[Step] = []
    try:
        for step, silence in steps:
            made = server.create_silence(silence) if silence and step.action == "create" else step.name
            done.append(replace(step, name=made))
    except BaseException:
        _expire(server, done)
        raise
    return done


def _undo(origin: Origin, folder: Path, part: Part, done: tuple[Step, ...]) -> None:
    del folder, part
    _expire(_server(origin), done)


def _expire(server: Alertmanager, done: Iterable[Step]) -> None:
    for step in done:
        if (step.kind, step.action) == ("silence", "create"):
            server.expire_silence(step.name)


def _steps(origin: Origin, folder: Path) -> Iterator[tuple[Step, Mapping[str, Any] | None]]:
    """Yield what is to be done, and the silence that is to be made."""
    there = {_identity(one) for one in _standing(_server(origin))}
    for one in json.loads((folder / SILENCES).read_bytes()):
        silence = {name: one[name] for name in SAYS}
        ended = unix(one["endsAt"]) <= time.time()
        action = "leave" if ended or _identity(one) in there else "create"
        why = "it has ended" if ended else "it is there" if action == "leave" else ""
        yield Step("silence", _name(one), action, why), silence
    if (folder / LOG).is_file():
        yield _log(origin), None


def _log(origin: Origin) -> Step:
    """Bring the log back only where there is none: an older one would let what was told be told again."""
    if LOG in origin.runtime.store("alertmanager").names():
        return Step("log", "notifications", "leave", "the server has its own")
    return Step("log", "notifications", "create", "Alertmanager is stopped for a moment")


def _check(folder: Path, part: Part, tools: Tools, known: Mapping[str, Entry]) -> Iterator[str]:
    del tools, known
    try:
        found = json.loads((folder / SILENCES).read_bytes())
        names = [_name(one) for one in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{SILENCES} holds no silences: {error!r}"
        return
    if len(names) != part.counts["silences"]:
        yield f"{SILENCES} holds {len(names)} silences, not {part.counts['silences']}"


def _server(origin: Origin) -> Alertmanager:
    return Alertmanager(origin.runtime.door(origin.stack, "alertmanager"))


def _standing(server: Alertmanager) -> list[dict[str, Any]]:
    """Give the silences that have not ended, in a fixed order."""
    found = [one for one in server.silences() if one["status"]["state"] != "expired"]
    return sorted(found, key=lambda one: str(one["id"]))


def _identity(silence: Mapping[str, Any]) -> str:
    """Say what makes two silences one: a server gives each a new id, and one of the past a new beginning."""
    matchers = sorted(json.dumps(one, sort_keys=True) for one in silence["matchers"])
    return json.dumps([matchers, unix(silence["endsAt"]), silence["createdBy"], silence["comment"]])


def _name(silence: Mapping[str, Any]) -> str:
    return f"{written(read_document(silence['matchers']))} until {silence['endsAt']}"


SOURCE = Source(
    summary="silences and the log of notifications",
    order=2,
    services=("alertmanager",),
    capture=_capture,
    plan=_plan,
    restore=_restore,
    check=_check,
    undo=_undo,
)
