"""What a restore does with each object of a snapshot, looked at beside what the server has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from backups.grafana.beside import beside
from backups.grafana.documents import keyed
from backups.grafana.order import RELEASED
from backups.grafana.references import redirected
from backups.grafana.secrets import agreed, unsaid
from backups.grafana.way_back import Done
from backups.source import Step
from stack.clients.grafana.kind import REFUSED
from stack.clients.grafana.objects import dashboards, datasources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document, Kind

__all__ = ["Move", "Restoring"]

SHIPPED = "comes with the release"


@dataclass(frozen=True, slots=True)
class Move:
    """One step, and what does it; nothing where there is nothing to do.

    Args:
        step: what it is.
        do: does it.
        done: what is to be taken back of it.
        refused: statuses by which the server says no to just this.
    """

    step: Step
    do: Callable[[], object] | None = None
    refused: frozenset[int] = REFUSED
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Restoring:
    """Knows the snapshot, and the server that it is brought back to.

    Args:
        api: the server.
        kept: the objects of the snapshot, by the name of their kind.
        values: the values of secrets by the agreed name; empty ones where it is only planned.
        uids: the uids of data sources that have another one here.
        coming: teams (`team:…`) and users (`user:…`) that are to be made.
    """

    api: Api
    kept: Mapping[str, Sequence[Document]]
    values: Mapping[str, str]
    uids: Mapping[str, str]
    coming: frozenset[str]

    def moves(self, kind: Kind) -> Iterator[Move]:
        """Yield what is to be done for a kind, from what the server has now.

        Raises:
            HttpFailed: the server does not answer.
        """
        api = replace(self.api)  # what came before may have made people and teams
        kept = keyed(kind, kind.arranged(self.kept.get(kind.name, ())))
        live = keyed(kind, kind.read(api, kept.keys()).documents) if kept else {}
        for key, document in kept.items():
            here = self._key_here(kind, key)
            done = Done(kind, here, live.get(here))
            yield from self._of_one(api, document, done)

    def pruned(self) -> Iterator[Move]:
        """Yield what takes away the dashboards that carry our mark and are not in the snapshot.

        Raises:
            HttpFailed: the server does not answer.
        """
        kept = {document["uid"] for document in self.kept.get(dashboards.KIND.name, ())}
        ours = {uid: title for uid, title in dashboards.ours(self.api).items() if uid not in kept}
        before = {one["uid"]: one for one in dashboards.KIND.read(self.api, ours).documents} if ours else {}
        for uid, title in sorted(ours.items()):
            why = "was restored before, and is not in the snapshot"
            step = Step(dashboards.KIND.noun, f"{title} ({uid})", "delete", why)
            delete = partial(dashboards.delete, self.api, uid)
            yield Move(step, delete, done=Done(dashboards.KIND, uid, before.get(uid)))

    def beside(self, kind: Kind, moves: Sequence[Move]) -> Iterator[Done]:
        """Yield what changes along with what these moves write.

        Raises:
            HttpFailed: the server does not answer.
        """
        written = [move for move in moves if move.done]
        if written:
            deleted = {move.done.key for move in written if move.done and move.step.action == "delete"}
            yield from beside(kind, deleted, lambda other: other.read(replace(self.api), None).documents)

    def _of_one(self, api: Api, kept: Document, done: Done) -> Iterator[Move]:
        kind, live = done.kind, done.before
        if self._is_released(kind, kept) or (live and kind.shipped(live)):
            yield Move(Step(kind.noun, kind.named(kept), "leave", SHIPPED))
            return
        if unread := ", ".join(unsaid(kind, kept)):
            why = f"the snapshot does not have the secret of its {unread}"
            yield Move(Step(kind.noun, kind.named(kept), "cannot", why))
            return
        wanted, missing = kind.fitted(api, self._here(kind, kept), self.coming)
        lacking = self._lacking(kind, kept)
        move = self._write(api, wanted, self._filled(kind, kept, wanted), done, lacking)
        yield move
        made_without = lacking if move.step.action == "create" else []
        for why in (*missing, *kind.by_hand(kept, live or {}), *made_without):
            yield Move(Step(kind.noun, kind.named(wanted), "cannot", why))

    def _write(
        self, api: Api, wanted: Document, filled: Document, done: Done, lacking: Sequence[str]
    ) -> Move:
        kind, live = done.kind, done.before
        name, create, overwrite = kind.named(wanted), kind.create, kind.overwrite
        if live is None and create:
            return Move(Step(kind.noun, name, "create"), lambda: create(api, filled), kind.refused, done)
        if live is not None and kind.is_same(wanted, live):
            return Move(Step(kind.noun, name, "leave", "is the same"))
        hindrance = kind.fixed(live or wanted) or "; ".join(lacking)
        if hindrance or not overwrite:
            return Move(Step(kind.noun, name, "cannot", f"left as it is: {hindrance or 'never changed'}"))
        step = Step(kind.noun, name, "overwrite")
        return Move(step, lambda: overwrite(api, filled, live or {}), kind.refused, done)

    def _lacking(self, kind: Kind, kept: Document) -> list[str]:
        named = {field: agreed(kind, kept, field) for field in kind.secrets(kept)}
        return [
            f"its {field} is secret: the environment has no secret {name}"
            for field, name in named.items()
            if name not in self.values
        ]

    def _filled(self, kind: Kind, kept: Document, wanted: Document) -> Document:
        named = {field: agreed(kind, kept, field) for field in kind.secrets(kept)}
        known = {field: self.values[name] for field, name in named.items() if name in self.values}
        return kind.filled(wanted, known)

    def _is_released(self, kind: Kind, kept: Document) -> bool:
        return kind.shipped(kept) or (kind.name, kind.key(kept)) in RELEASED

    def _key_here(self, kind: Kind, key: str) -> str:
        return self.uids.get(key, key) if kind is datasources.KIND else key

    def _here(self, kind: Kind, kept: Document) -> Document:
        """Give an object as it has to be here: by the uids that data sources have here."""
        made: Document = redirected(kept, self.uids) if kind.refers and self.uids else kept
        return {**made, "uid": self._key_here(kind, made["uid"])} if kind is datasources.KIND else made
