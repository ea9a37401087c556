"""What all of Grafana's objects are asked by: pages, many at once, and the numbers of people and teams."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from stack.clients.grafana.newer import Newer
from stack.clients.http import accepted
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stack.clients.grafana.server import Grafana
    from stack.clients.http import Session

__all__ = ["AT_ONCE", "Api"]

AT_ONCE = 16
"""Objects asked for at once: the server waits rather than computes (1,001 dashboards take 104 s, or 10 s)."""

PAGE = 1000

OPEN = {"X-Disable-Provenance": "true"}
"""Without it what is made over the alerting interface is locked in the editor."""

T = TypeVar("T")


@dataclass(frozen=True)
class Api:
    """One Grafana's `/api`, below which most objects are found in every version.

    What it has seen of people and teams it remembers: `replace(api)` looks again.

    Args:
        session: to the server, logged in; a patient one.
        grafana: the same for dashboards, by whichever interface the server has.
    """

    session: Session
    grafana: Grafana

    def json(self, path: str, **params: object) -> Any:  # JSON holds anything
        """Ask for a document.

        Raises:
            HttpFailed: no answer, or another status than 2xx.
        """
        return self.session.json(path, **params)

    def send(self, method: str, path: str, document: object = None, *, unlocked: bool = False) -> Any:
        """Send a document, and give the answer's, None where it has none.

        Args:
            method: POST, PUT, PATCH or DELETE.
            path: where to.
            document: what.
            unlocked: whether an object of the alerting interface stays open to edits.

        Raises:
            HttpFailed: no answer, or another status than 2xx.
        """
        headers = OPEN if unlocked else {}
        answer = accepted(self.session.request(method, path, json=document, headers=headers))
        try:
            return answer.json()
        except ValueError:  # several of them answer with nothing, or with a word
            return None

    def pages(self, path: str, key: str = "", *, size: str = "perpage", **params: str) -> list[Any]:
        """Ask for a list page by page; `key` is where an answer has it, `size` what a page's is called."""
        found: list[Any] = []
        number, full = 1, True
        while full:
            answer = self.json(path, page=number, **{size: PAGE}, **params)
            page = (answer[key] if key else answer) or []
            found += page
            number, full = number + 1, len(page) == PAGE
        return found

    def each(self, ask: Callable[[str], T], names: Sequence[str]) -> tuple[dict[str, T], tuple[str, ...]]:
        """Ask for many things at once; give what is there, and name what is gone since it was listed.

        Raises:
            HttpFailed: another status than 404, or no answer; what was not begun yet is not asked any more.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = [pool.submit(_unless_gone, ask, name) for name in names]
            try:
                answers = dict(zip(names, (one.result() for one in asked), strict=True))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        there = {name: answer[0] for name, answer in answers.items() if answer}
        return there, tuple(name for name in names if name not in there)

    def team_list(self) -> list[Mapping[str, Any]]:
        """List all teams."""
        return self.pages("/api/teams/search", "teams")

    def service_account_list(self) -> list[Mapping[str, Any]]:
        """List all service accounts."""
        return self.pages("/api/serviceaccounts/search", "serviceAccounts")

    @cached_property
    def newer(self) -> Newer:
        """What there is in the schema v2."""
        return Newer(self.session)

    @cached_property
    def teams(self) -> Mapping[str, int]:
        """The number of each team, by its name."""
        return {team["name"]: team["id"] for team in self.team_list()}

    @cached_property
    def users(self) -> Mapping[str, int]:
        """The number of each user, by its login; service accounts are users too."""
        return dict(self._logins())

    def _logins(self) -> Iterator[tuple[str, int]]:
        for user in self.json("/api/org/users"):
            yield user["login"], user["userId"]
        for account in self.service_account_list():
            yield account["login"], account["id"]


def _unless_gone(ask: Callable[[str], T], name: str) -> tuple[T] | None:
    try:
        return (ask(name),)
    except HttpFailed as failed:
        if failed.status != 404:
            raise
        return None
