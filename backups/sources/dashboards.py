"""Grafana: dashboards with all that belongs to them, from folders to alert rules, as readable JSON files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from backups.grafana.checking import damages
from backups.grafana.documents import read, write
from backups.grafana.order import ONE_DASHBOARD, ORDER
from backups.grafana.references import moved
from backups.grafana.restoring import Restoring
from backups.grafana.secrets import agreed_names, masked, values
from backups.grafana.undoing import done_by
from backups.grafana.way_back import WayBack, all_or_none, missed
from backups.manifest import Part
from backups.source import Source, Step
from stack.clients.grafana.api import Api
from stack.clients.grafana.login import logging_in
from stack.clients.grafana.objects import dashboards, datasources, folders
from stack.clients.grafana.patient import patient
from stack.clients.grafana.server import Grafana
from stack.errors import HttpFailed, Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from backups.grafana.restoring import Move
    from backups.grafana.way_back import Done
    from backups.manifest import Entry
    from backups.source import Origin, Tools, Wish
    from stack.clients.grafana.kind import Document, Kind

__all__ = ["SOURCE"]

SERVICE = "grafana"

THERE = frozenset({409, 412})
"""What says no to making one because another has its name."""


def _capture(origin: Origin, folder: Path) -> Part:
    counts: dict[str, int] = {}
    left_out: dict[str, list[str]] = {}
    with logging_in():
        api = _opened(origin)
        for kind in ORDER:
            found = kind.read(api, None)
            write(folder, kind, found.documents)
            counts[kind.name] = len(found.documents)
            if found.gone:
                left_out[kind.name] = sorted(found.gone)
            origin.tools.progress(f"{counts[kind.name]} {kind.name.replace('_', ' ')}")
    return Part(counts, {"deleted_meanwhile": left_out})


def _plan(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    del part
    with logging_in():
        restoring = _restoring(origin, folder, wish, reads=False)
        return tuple(move.step for _, moves in _all(restoring, wish) for move in moves)


def _restore(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    del part
    made: list[Step] = []
    with logging_in():
        restoring = _restoring(origin, folder, wish, reads=True)
    back = _way_back(origin, restoring.api, restoring.values)
    with all_or_none(back) as done, logging_in():
        for kind, found in _all(restoring, wish):
            moves = list(found)
            done.extend(restoring.beside(kind, moves))
            with ThreadPoolExecutor(kind.at_once) as pool:
                steps = list(pool.map(partial(_made, back, done), moves))
            origin.tools.progress(f"{len(steps)} {kind.name.replace('_', ' ')}")
            made += steps
    return tuple(made)


def _undo(origin: Origin, folder: Path, part: Part, done: tuple[Step, ...]) -> None:
    del part
    with logging_in():
        failures = _way_back(origin, _opened(origin), {}).take(tuple(done_by(done, folder)))
    if failures:
        raise Refused(message=missed(failures))


def _way_back(origin: Origin, api: Api, known: Mapping[str, str]) -> WayBack:
    return WayBack(api, origin.stack.environment.secrets, origin.runtime.folder / "secrets", dict(known))


def _check(folder: Path, part: Part, tools: Tools, known: Mapping[str, Entry]) -> Iterator[str]:
    del tools
    return damages(folder, part, known)


def _opened(origin: Origin) -> Api:
    """Log in, once: many at once with a wrong password would lock the right one out."""
    session = patient(origin.runtime.door(origin.stack, SERVICE))
    api = Api(session, Grafana(session))
    api.grafana.check_login()
    return api


def _kept(folder: Path, wish: Wish) -> dict[str, list[Document]]:
    """Read what is wanted of a snapshot.

    Raises:
        Refused: a file is damaged, or there is no such dashboard.
    """
    if not wish.dashboard:
        return {kind.name: read(folder, kind) for kind in ORDER}
    found = {document["uid"]: document for document in read(folder, dashboards.KIND)}
    if wish.dashboard not in found:
        hint = suggestion(wish.dashboard, sorted(found))
        raise Refused(message=f"the snapshot has no dashboard '{wish.dashboard}'", hint=hint)
    known = {document["uid"]: document for document in read(folder, folders.KIND)}
    around = folders.chain(known, found[wish.dashboard]["folderUid"])
    return {
        folders.KIND.name: [known[uid] for uid in around],
        dashboards.KIND.name: [found[wish.dashboard]],
        datasources.KIND.name: read(folder, datasources.KIND),
    }


def _restoring(origin: Origin, snapshot: Path, wish: Wish, *, reads: bool) -> Restoring:
    """Look at what is there; every secret is read before anything is changed, and none for a plan.

    Raises:
        SecretUnreadable: a secret that the environment has leads to nothing.
    """
    kept = _kept(snapshot, wish)
    references = origin.stack.environment.secrets
    names = {name for kind in _kinds(wish) for name in agreed_names(kind, kept.get(kind.name, ()))}
    folder = origin.runtime.folder / "secrets"
    known = values(names, references, folder) if reads else dict.fromkeys(names & references.keys(), "")
    api = _opened(origin)
    sources = kept.get(datasources.KIND.name, [])
    uids = moved(sources, datasources.KIND.read(api, None).documents) if sources else {}
    return Restoring(api, kept, known, uids, frozenset(_coming(kept)))


def _coming(kept: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    yield from (f"team:{team['name']}" for team in kept.get("teams", ()))
    yield from (f"user:{account['login']}" for account in kept.get("service_accounts", ()))


def _kinds(wish: Wish) -> tuple[Kind, ...]:
    return ONE_DASHBOARD if wish.dashboard else ORDER


def _all(restoring: Restoring, wish: Wish) -> Iterator[tuple[Kind, Iterable[Move]]]:
    for kind in _kinds(wish):
        yield kind, restoring.moves(kind)
    if wish.prune and not wish.dashboard:
        yield dashboards.KIND, restoring.pruned()


def _made(back: WayBack, done: list[Done], move: Move) -> Step:
    """Do it, and give what was done: where the server says no to just this, that it cannot be done.

    Raises:
        HttpFailed: the server fails, or says no to all; or what it has done of this stays.
    """
    if move.do is None or move.done is None:
        return move.step
    # Before it is written: an answer may be lost, or just a part of it be done.
    done.append(move.done)
    try:
        move.do()
    except HttpFailed as failed:
        if failed.status not in move.refused or (_in_parts(move.done, failed) and back.take([move.done])):
            raise
        # Nothing of it is ours: whatever has its name was made by somebody just now.
        done.remove(move.done)
        said = masked(str(failed.fields["message"]), back.secret)
        return replace(move.step, action="cannot", why=f"Grafana says: {said}")
    return move.step


def _in_parts(done: Done, refused: HttpFailed) -> bool:
    """Say whether a part of it may be done though it was refused; of what is there already, none was made."""
    return done.kind.in_parts and not (done.before is None and refused.status in THERE)


SOURCE = Source(
    summary="Grafana's dashboards, and all that belongs to them",
    order=30,
    services=(SERVICE,),
    capture=_capture,
    plan=_plan,
    restore=_restore,
    check=_check,
    undo=_undo,
)
