"""What a restore does with each object of a snapshot, looked at beside what the server has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backups.grafana.documents import keyed
from backups.grafana.order import RELEASED
from backups.grafana.references import redirected
from backups.grafana.secrets import agreed, unsaid
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
        refused: statuses by which the server says no to just this.
    """

    step: Step
    do: Callable[[], object] | None = None
    refused: frozenset[int] = REFUSED


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
            yield from self._of_one(api, kind, document, live.get(self._key_here(kind, key)))

    def pruned(self) -> Iterator[Move]:
        """Yield what takes away the dashboards that carry our mark and are not in the snapshot.

        Raises:
            HttpFailed: the server does not answer.
        """
        kept = {document["uid"] for document in self.kept.get(dashboards.KIND.name, ())}
        for uid, title in sorted(dashboards.ours(self.api).items()):
            if uid not in kept:
                why = "was restored before, and is not in the snapshot"
                step = Step(dashboards.KIND.noun, f"{title} ({uid})", "delete", why)
                yield Move(step, lambda uid=uid: dashboards.delete(self.api, uid))  # type: ignore[misc] # mypy does not infer the default

    def _of_one(self, api: Api, kind: Kind, kept: Document, live: Document | None) -> Iterator[Move]:
        if self._is_released(kind, kept) or (live and kind.shipped(live)):
            yield Move(Step(kind.noun, kind.named(kept), "leave", SHIPPED))
            return
        if unread := ", ".join(unsaid(kind, kept)):
            why = f"the snapshot does not have the secret of its {unread}"
            yield Move(Step(kind.noun, kind.named(kept), "cannot", why))
            return
        wanted, missing = kind.fitted(api, self._here(kind, kept), self.coming)
        lacking = self._lacking(kind, kept)
        move = self._write(api, kind, wanted, live, self._filled(kind, kept, wanted), lacking)
        yield move
        made_without = lacking if move.step.action == "create" else []
        for why in (*missing, *kind.by_hand(kept, live or {}), *made_without):
            yield Move(Step(kind.noun, kind.named(wanted), "cannot", why))

    def _write(  # noqa: PLR0913, PLR0917 # all that decides it
        self,
        api: Api,
        kind: Kind,
        wanted: Document,
        live: Document | None,
        filled: Document,
        lacking: Sequence[str],
    ) -> Move:
        name, create, overwrite = kind.named(wanted), kind.create, kind.overwrite
        if live is None and create:
            return Move(Step(kind.noun, name, "create"), lambda: create(api, filled), kind.refused)
        if live is not None and kind.is_same(wanted, live):
            return Move(Step(kind.noun, name, "leave", "is the same"))
        hindrance = kind.fixed(wanted) or "; ".join(lacking)
        if hindrance or not overwrite:
            return Move(Step(kind.noun, name, "cannot", f"left as it is: {hindrance or 'never changed'}"))
        return Move(
            Step(kind.noun, name, "overwrite"), lambda: overwrite(api, filled, live or {}), kind.refused
        )

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
