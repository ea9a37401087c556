"""Grafana's HTTP API, as far as we ask it, and what differs between a dashboard of ours and the live one.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.errors import HttpFailed, Refused

if TYPE_CHECKING:
    from stack.clients.http import Session

__all__ = ["Grafana", "Listed", "Live", "Sample", "differences"]

PAGE = 5000
"""The most that one answer of the search may hold; more is refused with 422."""

SERVER_OWNED = frozenset({"id", "version", "iteration", "gnetId"})
NAMES = ("title", "refId", "name")
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant query: its labels, and its value (None where it is not a number)."""

    labels: Mapping[str, str]
    value: float | None


@dataclass(frozen=True, slots=True, order=True)
class Listed:
    """A dashboard as the search lists it; `folder` is the uid of its folder, empty for none."""

    uid: str
    title: str
    folder: str


@dataclass(frozen=True, slots=True)
class Live:
    """A dashboard as it is shown now; `file` names the file it was provisioned from, empty for none."""

    model: Mapping[str, Any]
    file: str
    version: int


@dataclass(frozen=True, slots=True)
class Grafana:
    """One Grafana, with the login that its session brings.

    A refused login raises `Refused` from every call, and that must not be tried again: after five wrong
    passwords Grafana refuses the right one too, for minutes.
    """

    session: Session

    def health(self) -> Mapping[str, Any]:
        """Give `{"database": "ok", "version": "13.2.1", …}`; asks for no login.

        Raises:
            HttpFailed: no answer, or its database fails (503).
        """
        answer: Mapping[str, Any] = self.session.json("/api/health")
        return answer

    def check_login(self) -> None:
        """Log in, once.

        Raises:
            Refused: the password is another, or too many wrong ones were tried.
        """
        self._json("/api/user")

    def query(self, expression: str, *, source: str = "prometheus") -> tuple[Sample, ...]:
        """Evaluate PromQL now, through a data source, as a panel does.

        Raises:
            HttpFailed: the expression is wrong, or the server behind the data source does not answer.
        """
        reference = {"type": "prometheus", "uid": source}
        query = {"refId": "A", "datasource": reference, "expr": expression, "instant": True, "range": False}
        with _login():
            answer = self.session.post("/api/ds/query", {"queries": [query], "from": "now-5m", "to": "now"})
        result = answer.json()["results"]["A"]
        if result.get("error"):  # beside a status of 207 on some versions
            raise HttpFailed(
                method="POST", url=answer.url, message=result["error"], status=answer.status_code
            )
        return tuple(sample for frame in result.get("frames", ()) for sample in _samples(frame))

    def dashboards(self, *, page: int = PAGE) -> tuple[Listed, ...]:
        """List every dashboard, `page` of them at a time."""
        found: list[Listed] = []
        number, full = 1, True
        while full:
            hits = self._json("/api/search", type="dash-db", limit=page, page=number)
            found += (Listed(hit["uid"], hit["title"], hit.get("folderUid", "")) for hit in hits)
            number, full = number + 1, len(hits) == page
        return tuple(sorted(found))

    def dashboard(self, uid: str) -> Live:
        """Give one dashboard.

        Raises:
            HttpFailed: with status 404 where there is none.
        """
        answer = self._json(f"/api/dashboards/uid/{uid}")
        # Not `provisioned`: that is false where edits are allowed.
        meta = answer["meta"]
        return Live(answer["dashboard"], meta.get("provisionedExternalId", ""), meta["version"])

    def reload_provisioning(self) -> None:
        """Let it read data sources and dashboards again.

        It answers 200 also when it skipped files: compare what is there.
        """
        for kind in ("datasources", "dashboards"):
            with _login():
                self.session.post(f"/api/admin/provisioning/{kind}/reload", timeout=30)

    def _json(self, path: str, **params: object) -> Any:  # each endpoint has its own answer
        with _login():
            return self.session.json(path, **params)


def differences(rendered: Mapping[str, Any], live: Mapping[str, Any]) -> list[str]:
    """Say what is not the same in two models of a dashboard, a line each, the server's own fields aside.

    Panels, queries and variables are matched by their names, so that one more of them is one line.
    """
    ours, theirs = ({k: v for k, v in model.items() if k not in SERVER_OWNED} for model in (rendered, live))
    return list(_unlike("", ours, theirs))


@contextmanager
def _login() -> Iterator[None]:
    try:
        yield
    except HttpFailed as failed:
        if failed.status != 401:
            raise
        hint = "it reads the password only at its very first start; wait five minutes before another try"
        raise Refused(message="Grafana refuses the login with its password", hint=hint) from failed


def _samples(frame: Mapping[str, Any]) -> Iterator[Sample]:
    for field, values in zip(frame["schema"]["fields"], frame["data"]["values"], strict=True):
        if field["type"] != "time" and values:
            yield Sample(field.get("labels") or {}, values[-1])


def _unlike(path: str, ours: object, theirs: object) -> Iterator[str]:
    if isinstance(ours, list) and isinstance(theirs, list):
        ours, theirs = _by_name(ours, theirs)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in sorted({*ours, *theirs}):
            yield from _unlike(f"{path}.{key}" if path else key, ours.get(key), theirs.get(key))
    elif ours != theirs or isinstance(ours, bool) is not isinstance(theirs, bool):
        yield f"{path}: {_shown(ours)} is live as {_shown(theirs)}"


def _by_name(*lists: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Turn lists into mappings: by the name of each item where all have one of their own, else by place."""
    key = next((key for key in NAMES if all(_are_named(items, key) for items in lists)), None)
    for items in lists:
        yield {str(item[key] if key else place): item for place, item in enumerate(items)}


def _are_named(items: Sequence[Any], key: str) -> bool:
    names = [item.get(key) for item in items if isinstance(item, Mapping)]
    return all(names) and len(set(map(str, names))) == len(items)


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
