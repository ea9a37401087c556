"""The server: it provisions, polls its folders, and answers what it knows."""

from __future__ import annotations

import json
import re
import threading
import urllib.parse
from contextlib import nullcontext
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.doubles.grafana import (
    alerting,
    annotation,
    dashboards,
    folders,
    health,
    logins,
    newer,
    notifications,
    panels,
    people,
    permissions,
    preferences,
    provisioning,
    queries,
    resources,
    saving,
    sources,
)
from tests.doubles.grafana.database import load
from tests.doubles.grafana.faults import Fault, struck
from tests.doubles.grafana.handler import handler
from tests.doubles.grafana.refusals import Accepted, Answer, Created
from tests.doubles.grafana.settings import Settings
from tests.doubles.grafana.state import State
from tests.doubles.grafana.walk import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.grafana.state import Provider

__all__ = ["Grafana"]

PARTS = (
    *(health, logins, dashboards, saving, folders, provisioning, sources, queries, resources, newer),
    *(people, permissions, panels, alerting, notifications, annotation, preferences),
)
STATUSES: dict[type, int] = {Created: 201, Accepted: 202}
AHEAD = {pattern for _, pattern, _ in queries.ROUTES}
ROUTES = [route for part in PARTS for route in part.ROUTES]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A real one lets more callers wait than the five that are usual here.
    request_queue_size = 128


class Grafana:
    """One server, from its settings on: `url` while it serves, `log`, and what it did not know.

    `asked` holds every request, and `failures` the statuses that it answers the next ones with instead;
    `hides_history` is how 13 answers for what an older interface has saved. `faults` strike those requests
    that they name.
    """

    def __init__(self, ini: Mapping[str, Mapping[str, str]], environ: Mapping[str, str]) -> None:
        self._settings = Settings(ini, environ)
        self._state = State(self._settings, load(self._settings))
        self._stopped = threading.Event()
        self.log = self._state.log
        self.unmatched: list[str] = []
        self.failures: list[int] = []
        self.asked: list[str] = []
        self.hides_history = False
        self.faults: list[Fault] = []

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Give status, document (or bytes) and further headers for one request."""
        fault = struck(self.faults, f"{method} {target}")
        if fault and fault.status:
            if fault.lost:
                self._answer(method, target, headers, body)
            else:
                self.asked.append(f"{method} {target}")
            return fault.status, {"message": fault.message}, fault.headers
        status, document = self._answer(method, target, headers, body)
        if fault and fault.half:
            whole = json.dumps(document).encode()
            return status, whole[: len(whole) // 2], {}
        return status, document, {}

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.asked.append(f"{method} {target}")
        if self.hides_history and "get-history" in target:
            return 200, {"metadata": {}, "items": []}
        if self.failures:
            return self.failures.pop(0), {"message": "made up for this test"}
        try:
            if url.path not in health.OPEN:
                logins.check_login(self._state, headers.get("Authorization", ""))
            for verb, pattern, handle in ROUTES:
                if verb == method and (found := re.fullmatch(pattern, url.path)):
                    document = json.loads(body) if body and "proxy" not in pattern else body.decode()
                    more = {"query": query, "document": document, "headers": headers}
                    groups = map(urllib.parse.unquote, found.groups())
                    # Two at once would tear what is kept; what is handed on may take its time.
                    with nullcontext() if pattern in AHEAD else self._state.lock:
                        said = handle(self._state, *groups, **more)
                    return STATUSES.get(type(said), 200), said
        except Answer as answer:
            return answer.status, answer.body
        self._unknown(f"{method} {target}")
        return 501, {"message": f"the double does not know {method} {url.path}"}

    def _unknown(self, request: str) -> None:
        self.unmatched.append(request)
        self._state.tell("error", f"unmatched request: {request}")
        if data := self._settings.data:
            data.mkdir(parents=True, exist_ok=True)
            with (data / "unmatched.log").open("a") as file:
                file.write(f"{request}\n")

    def __enter__(self) -> Self:
        provisioning.provision(self._state)
        host = self._settings.get("server", "http_addr", "127.0.0.1")
        port = int(self._settings.get("server", "http_port", "3000"))
        self._server = _Server((host, port), handler(self.answer))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        polls = [threading.Thread(target=self._poll, args=(each,)) for each in self._state.providers]
        serve = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._threads = [serve, *polls]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()

    def _poll(self, provider: Provider) -> None:
        while not self._stopped.wait(provider.interval):
            current = next((p for p in self._state.providers if p.name == provider.name), provider)
            walk(self._state, current, reload=False)
