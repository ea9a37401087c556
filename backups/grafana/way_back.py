"""The way back of a restore: what it wrote, and how each of it becomes again what it was before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from backups.grafana.documents import keyed
from backups.grafana.secrets import agreed, masked, values
from stack.clients.grafana.objects import datasources
from stack.errors import HttpFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document, Kind

__all__ = ["Done", "WayBack", "all_or_none", "missed"]


class LoginRefused(Exception):
    """The server takes our login no more."""


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was written, or was about to be; or that may have changed along with such a one.

    Args:
        kind: what it is.
        key: which, on this server.
        before: as it was; None where there was none.
    """

    kind: Kind
    key: str
    before: Document | None


@dataclass(frozen=True, slots=True)
class WayBack:
    """Takes back what was done on one server.

    Args:
        api: the server.
        references: where the environment's secrets come from.
        folder: where their files lie.
        secret: the values that no message may show.
    """

    api: Api
    references: Mapping[str, str]
    folder: Path
    secret: dict[str, str]

    def take(self, done: Sequence[Done]) -> list[str]:
        """Take everything back, the last first, and name what could not be; that does not stop the others.

        Only a refused login does: a few more of them would lock the right one out.
        """
        failures: list[str] = []
        try:
            for kind, found in groupby(reversed(done), key=lambda one: one.kind):
                # Of several for one thing the earliest knows how it was.
                failures.extend(self._of_kind(kind, {one.key: one for one in found}))
        except LoginRefused as refused:
            failures.append(str(refused))
        return failures

    def _of_kind(self, kind: Kind, done: Mapping[str, Done]) -> Iterator[str]:
        api = replace(self.api)  # people and teams may have come and gone
        try:
            live = keyed(kind, kind.read(api, done.keys()).documents)
        except Exception as failed:  # noqa: BLE001 # whatever it is, the other kinds are taken back all the same
            yield f"{len(done)} {kind.name.replace('_', ' ')}: {self._said(failed)}"
            return
        for one in done.values():
            try:
                self._back(api, one, live.get(one.key))
            except Exception as failed:  # noqa: BLE001 # here too
                yield f"{kind.noun} {kind.named(one.before or live[one.key])}: {self._said(failed)}"

    def _said(self, failed: Exception) -> str:
        """Give what a failure says, without secrets.

        Raises:
            LoginRefused: it is the login that was refused.
        """
        said = masked(str(failed), self.secret)
        if any(isinstance(one, HttpFailed) and one.status == 401 for one in (failed, failed.__cause__)):
            raise LoginRefused(said)
        return said

    def _back(self, api: Api, done: Done, live: Document | None) -> None:
        """Take one back; where it is as it was, also because it was never written, nothing is to be done.

        Raises:
            HttpFailed: no answer, or a refusal.
            Refused: it is gone, and belongs to something that is gone too; or it lacks a secret.
        """
        kind, before = done.kind, done.before
        write_back = kind.put_back or kind.overwrite
        if before == live:
            return
        if before is None and live is not None and kind.delete:
            kind.delete(api, live)
        elif before is not None and live is None and kind.create:
            kind.create(api, self._filled(kind, before))
        elif before is not None and live is not None and write_back:
            write_back(api, self._filled(kind, before), live)
        elif before is not None:
            raise Refused(message="there is none any more")

    def _filled(self, kind: Kind, before: Document) -> Document:
        """Put in the secrets that it would lose; a data source keeps those that are not sent."""
        if kind is datasources.KIND:
            return before
        named = {field: agreed(kind, before, field) for field in kind.secrets(before)}
        for field, name in named.items():
            if name not in self.references:
                raise Refused(message=f"its {field} is secret: the environment has no secret {name}")
        known = values(named.values(), self.references, self.folder)
        self.secret.update(known)
        return kind.filled(before, {field: known[name] for field, name in named.items()})


@contextmanager
def all_or_none(back: WayBack) -> Iterator[list[Done]]:
    """Give a list of what is done, to be added to before each write; where something fails all is taken back.

    What could not be is told in the message of whatever failed.
    """
    done: list[Done] = []
    try:
        yield done
    except BaseException as failed:
        if failures := back.take(done):
            failed.args = (f"{failed or type(failed).__name__}; {missed(failures)}", *failed.args[1:])
        raise


def missed(failures: Iterable[str]) -> str:
    """Say in one line what could not be taken back."""
    return f"could not be put back as it was: {'; '.join(failures)}"
