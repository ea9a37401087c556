from __future__ import annotations

import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from stack.exporters._messages import Request
from stack.exporters.sink.api import routes
from stack.exporters.sink.journal import Journal
from stack.exporters.sink.metrics import SinkCollector
from stack.exporters.sink.store import KEPT, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stack.clients.http import Session

    Notification = Callable[..., dict[str, Any]]

NASTY = "<script>alert(1)</script>\"'&{rows}"


class _Page(HTMLParser):
    """Gathers the cells' text and every tag of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and data.strip():
            self.cells[-1] += data


def test_a_notification_is_kept_with_its_receiver_and_time(sink: Session, notification: Notification) -> None:
    payload = notification({"env": "test"}, {"env": "test", "alertname": "Down"})
    before = time.time()
    sink.post("/webhook/team/a%20b", payload)
    (kept,) = sink.json("/notifications")

    assert before <= kept.pop("arrived") <= time.time()
    assert kept == {
        "receiver": "team/a b",
        "protocol": "webhook",
        "status": "firing",
        "alerts": ["Watchdog", "Down"],
        "envs": ["test"],
        "payload": payload,
        "title": "",
        "note": "",
    }


def test_notifications_are_asked_for_by_receiver_and_time_the_newest_last(
    sink: Session, notification: Notification
) -> None:
    for receiver in ("a", "b", "a"):
        sink.post(f"/webhook/{receiver}", notification({}))
    first, second, third = sink.json("/notifications")

    assert first["arrived"] <= second["arrived"] <= third["arrived"]
    assert sink.json("/notifications", receiver="a") == [first, third]
    assert sink.json("/notifications", since=repr(second["arrived"])) == [second, third]
    assert sink.json("/notifications", receiver="a", since=repr(third["arrived"])) == [third]
    assert sink.json("/notifications", receiver="nobody") == []

    assert sink.request("DELETE", "/notifications").ok
    assert sink.json("/notifications") == []


@pytest.mark.parametrize("since", ["yesterday", "", "nan"])
def test_a_time_that_is_none_is_refused(sink: Session, since: str) -> None:
    answer = sink.request("GET", "/notifications", params={"since": since})

    assert (answer.status_code, answer.text) == (400, f"since='{since}' is no Unix time in seconds\n")


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"status": "firing"},
        {"status": "<b>", "alerts": []},
        {"status": "firing", "alerts": ["x"]},
        {"status": "firing", "alerts": [{"status": "firing", "labels": None}]},
    ],
)
def test_what_is_no_notification_is_refused(sink: Session, document: object) -> None:
    answer = sink.request("POST", "/webhook/team", json=document)

    assert answer.status_code == 400
    assert answer.text.startswith("the body is no Alertmanager notification: ")
    assert answer.text.count("\n") == 1
    assert sink.json("/notifications") == []


def test_the_page_shows_foreign_text_as_text_the_newest_first(
    sink: Session, notification: Notification
) -> None:
    empty = _Page(sink.get("/").text)
    sink.post("/webhook/first", notification({"env": "dev"}, status="resolved"))
    address = f"/webhook/{quote(NASTY, safe='')}?note={quote('in place of ' + NASTY)}"
    sink.post(address, notification({"alertname": NASTY, "env": NASTY}))
    answer = sink.get("/")
    page = _Page(answer.text)

    assert empty.cells == []
    assert page.cells[1:6] == [NASTY, "webhook", "firing", NASTY, NASTY]
    assert page.cells[6] == f"(in place of {NASTY})"
    assert page.cells[8:] == ["first", "webhook", "resolved", "Watchdog", "dev", "\N{EN DASH}"]
    assert "script" not in page.tags
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_only_the_newest_are_kept_but_all_are_counted(serve: Callable[..., Session]) -> None:
    store = Store()
    sink = serve(routes(store), SinkCollector(store))
    protocol = next(route for route in routes(store) if route.pattern.startswith("/webhook"))
    body = b'{"status": "resolved", "alerts": []}'
    for number in range(KEPT + 5):
        protocol.answer(Request("POST", "", body=body, parts={"receiver": f"r{number % 2}"}))

    assert len(sink.json("/notifications")) == KEPT
    lines = sink.get("/metrics").text.splitlines()
    assert 'sink_notifications_total{protocol="webhook",receiver="r0",status="resolved"} 503.0' in lines
    assert 'sink_notifications_total{protocol="webhook",receiver="r1",status="resolved"} 502.0' in lines
    assert "sink_store_failures_total 0.0" in lines


def test_a_sink_with_a_file_has_its_notifications_back_after_a_restart(
    serve: Callable[..., Session], notification: Notification, tmp_path: Path
) -> None:
    before, text = serve(routes(Store(Journal(tmp_path / "store")))), "line\nbreak \ud800 ü"
    before.post("/webhook/team", notification({"alertname": text}))
    after = serve(routes(Store(Journal(tmp_path / "store"))))

    assert after.json("/notifications") == before.json("/notifications")
    assert after.json("/notifications")[0]["payload"]["alerts"][0]["labels"]["alertname"] == text
    assert after.get("/").ok
