"""A rehearsal: the real Alertmanager, for a moment, with the routes of an environment and nobody to tell."""

from __future__ import annotations

import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.clients.command import running
from stack.clients.http import Session
from stack.documents import mapping, mappings, strings
from stack.emit import to_yaml
from stack.errors import HttpFailed, Refused
from stack.sources._templates import BESIDE, FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Told", "rehearse", "rehearsed"]

CASE = "rehearsal_case"
"""The label that keeps cases apart: each has groups and inhibitions of its own, and no route asks for it."""

TIMES = {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"}
ADDRESS = re.compile(r'msg="?Listening on"? address="?(127\.0\.0\.1:\d+)')
REASON = re.compile(r'\berr="?((?:[^"\\]|\\.)*)')
DEADLINE = 15.0
POLL = 0.02
STEADY = 0.15


@dataclass(frozen=True, slots=True)
class Told:
    """What Alertmanager does with one alert at one route.

    Args:
        case: the number of the case.
        labels: the alert's.
        receiver: who would be told.
        group: the labels of the group in which it would be told.
        inhibited: whether another alert keeps it back.
        muted: whether a time interval does; None where this Alertmanager (before 0.28) does not say so.
    """

    case: int
    labels: Mapping[str, str]
    receiver: str
    group: Mapping[str, str]
    inhibited: bool
    muted: bool | None


def rehearsed(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Give a configuration with the same routes, inhibitions and times, whose receivers tell nobody."""
    route = mapping(configuration.get("route"))
    names = [str(body.get("name")) for _, body in mappings(configuration.get("receivers"))]
    kept = {
        key: configuration[key] for key in ("time_intervals", "mute_time_intervals") if key in configuration
    }
    return {
        **kept,
        "route": {**_route(route), "group_by": _grouped(route.get("group_by")), **TIMES},
        "receivers": [{"name": name} for name in names],
        "inhibit_rules": [
            {**rule, "equal": [*_texts(rule.get("equal")), CASE]}
            for _, rule in mappings(configuration.get("inhibit_rules"))
        ],
    }


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in route.items() if key not in TIMES and value is not None}
    if "group_by" in kept:
        kept["group_by"] = _grouped(kept["group_by"])
    if "routes" in kept:
        kept["routes"] = [_route(child) for _, child in mappings(kept["routes"])]
    return kept


def _grouped(labels: object) -> list[str]:
    named = _texts(labels)
    return named if "..." in named else [*named, CASE]


def _texts(values: object) -> list[str]:
    return [text for _, text in strings(values)]


def rehearse(
    program: Path, configuration: Mapping[str, Any], cases: Sequence[Sequence[Mapping[str, str]]]
) -> tuple[Told, ...]:
    """Let alerts fire in a real Alertmanager and give what it does with each of them at each route.

    It listens on loopback, on a port that it chooses, keeps its state in a folder that is removed, and has no
    receiver that could tell anybody.

    Args:
        program: the Alertmanager.
        configuration: the environment's own; it is changed as `rehearsed` does.
        cases: the labels of the alerts that fire together, for each case; cases do not see one another.

    Raises:
        Refused: it does not start, or not take the alerts.
        HttpFailed: it does not answer.
        CommandFailed: it cannot be run.
        OSError: the disk is full.
    """
    alerts = [
        {"labels": {**labels, CASE: str(number)}} for number, case in enumerate(cases) for labels in case
    ]
    with _server(program, to_yaml(rehearsed(configuration))) as session:
        _fire(session, alerts)
        wanted = {frozenset(alert["labels"].items()) for alert in alerts}
        groups: list[Any] = _until(lambda: _steady(session, wanted)) if wanted else []
    return tuple(_told(alert, group) for group in groups for alert in group["alerts"])


def _fire(session: Session, alerts: Sequence[Mapping[str, Any]]) -> None:
    try:
        session.post("/api/v2/alerts", alerts)
    except HttpFailed as error:
        said = error.fields["message"]
        raise Refused(message=f"Alertmanager does not take the alerts: {said}") from error


def _told(alert: Mapping[str, Any], group: Mapping[str, Any]) -> Told:
    labels, status = dict(alert["labels"]), alert["status"]
    muted = bool(status["mutedBy"]) if "mutedBy" in status else None
    return Told(
        case=int(labels.pop(CASE)),
        labels=labels,
        receiver=group["receiver"]["name"],
        group={name: value for name, value in group["labels"].items() if name != CASE},
        inhibited=bool(status["inhibitedBy"]),
        muted=muted,
    )


def _steady(session: Session, wanted: set[frozenset[tuple[str, str]]]) -> list[Any] | None:
    """Give the groups once every alert is in one, and what is said of them stays the same for a moment.

    Inhibitions and intervals are applied by parts that run beside the one that makes the groups.
    """
    before: list[Any] = session.json("/api/v2/alerts/groups")
    seen = {frozenset(alert["labels"].items()) for group in before for alert in group["alerts"]}
    if seen != wanted:
        return None
    time.sleep(STEADY)
    return before if session.json("/api/v2/alerts/groups") == before else None


@contextmanager
def _server(program: Path, configuration: bytes) -> Iterator[Session]:
    with tempfile.TemporaryDirectory(prefix="monitoring-rehearsal-") as name:
        folder = Path(name)
        (folder / "alertmanager.yml").write_bytes(configuration)
        _lay_templates(program, folder)
        log = folder / "log"
        flags = ("--storage.path=data", "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=")
        argv = (program, "--config.file=alertmanager.yml", *flags)
        with running(argv, cwd=folder, log=log) as ended:
            address = _until(lambda: _listening(log, ended))
            yield Session(f"http://{address}")


def _lay_templates(program: Path, folder: Path) -> None:
    """Link the templates that Debian's build opens in its working folder."""
    for root in program.resolve().parents[2:3]:
        if (root / FOLDER).is_dir():
            (folder / BESIDE).symlink_to(root / FOLDER)


def _listening(log: Path, ended: Callable[[], int | None]) -> str | None:
    text = log.read_text(errors="replace")
    if ended() is not None:
        last = (text.strip() or "without a word").splitlines()[-1]
        reason = REASON.search(last)
        raise Refused(message=f"Alertmanager does not start: {reason[1] if reason else last}")
    found = ADDRESS.search(text)
    return found[1] if found else None


def _until(ask: Callable[[], Any]) -> Any:  # each asks for something else
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(POLL)
    raise Refused(message=f"Alertmanager has not done what was asked within {DEADLINE:.0f} s")
