"""Secrets of every kind on a live stack: the real servers take another value, and it stands nowhere else."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from stack.secrets import former
from stack.secrets.age import new_key, recipients, sealed
from stack.services.grafana import PASSWORD
from tests.doubles.grafana import install
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab, Said

pytestmark = pytest.mark.integration

PLANNED = {
    f"secret {PASSWORD} was rotated": "reload",
    "secret hook was rotated": "reload",
    "secret scrape was rotated, and it holds on to it": "recreate",
}


@dataclass
class Outside:
    """A server that counts by path what it is sent, and shows its metrics to whoever brings its password."""

    password: str
    port: int = 0
    posted: Counter[str] = field(default_factory=Counter)

    def takes(self, authorization: str) -> bool:
        """Say whether a login is right."""
        wanted = base64.b64encode(f"scraper:{self.password}".encode()).decode()
        return authorization == f"Basic {wanted}"


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside("made-up-scrape-1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = made.takes(self.headers.get("Authorization", ""))
            self._answer(200 if right else 401, b"shop_orders 1\n" if right else b"")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.posted[self.path] += 1
            self._answer(200, b"")

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def laid_out(lab: Lab, outside: Outside, grafana: Path) -> Path:
    """Write a site that reads a secret of each kind, and give its age file."""
    hook = {"name": "hook", "webhook_configs": [{"url_file": "${{ secrets.hook }}"}]}
    route = {"receiver": "hook", "group_wait": "1s", "group_interval": "2s", "repeat_interval": "2s"}
    login = {"username": "scraper", "password_file": "${{ secrets.scrape }}"}
    targets = [{"targets": [f"127.0.0.1:{outside.port}"]}]
    job = {"job_name": "shop", "basic_auth": login, "static_configs": targets}
    lab.environment(
        notifications="real",
        disable={"services": []},
        binaries={"paths": {"grafana": str(grafana)}},
        alertmanager={"route": route, "receivers": [hook], "inhibit_rules": []},
        prometheus={"scrape_configs": [job]},
        secrets={"hook": "age:hook", "scrape": "env:SCRAPE"},
    )
    lab.told("hook")
    lab.rule("Extra", "up > 0")
    return lab.site / "stack" / "environments" / "local.age"


@pytest.mark.timeout(600)
def test_rotated_ones_are_taken_by_the_real_servers_and_stand_nowhere_else(
    lab: Lab, outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = laid_out(lab, outside, install(tmp_path / "grafana"))
    private, public = new_key()
    vault.with_suffix(".recipients").write_text(public)
    hooks = [f"http://127.0.0.1:{outside.port}/made-up-{number}" for number in range(2)]
    vault.write_bytes(sealed(f"hook: {hooks[0]}\n", recipients(vault)))
    monkeypatch.setenv("SCRAPE", outside.password)
    refused = lab.invoke("deploy")
    assert (refused.code, "secret hook: there is no age key" in refused.last) == (5, True)
    said = [refused, keyed(lab, private, "deploy").ok()]
    assert until(lambda: lab.query('up{job="shop"} == 1'))
    assert until(lambda: outside.posted["/made-up-0"])

    old = kept(lab)
    vault.write_bytes(sealed(f"hook: {hooks[1]}\n", recipients(vault)))
    outside.password = "made-up-scrape-2"
    monkeypatch.setenv("SCRAPE", outside.password)
    said.append(lab.invoke("secrets.rotate", PASSWORD).ok())
    said.append(keyed(lab, private, "deploy.plan", "--json"))
    assert planned(said[-1]) == PLANNED
    said.append(keyed(lab, private, "deploy").ok())
    assert until(lambda: lab.query('up{job="shop"} == 1'))
    assert until(lambda: outside.posted["/made-up-1"])
    before = outside.posted["/made-up-0"]
    assert until(lambda: outside.posted["/made-up-1"] > 3)
    assert outside.posted["/made-up-0"] == before

    assert kept(lab) != old
    values = [*hooks, "made-up-scrape-1", outside.password, old, kept(lab), private]
    said += [lab.invoke("secrets.show"), lab.invoke("secrets.show", "--json"), lab.invoke("runs", "--json")]
    assert_nowhere(lab, values, "".join(one.out + one.err for one in said))


def keyed(lab: Lab, private: str, *words: str) -> Said:
    """Run a task as somebody whom the age file opens for."""
    return lab.invoke(*words, MONITORING_AGE_KEY=private)


def kept(lab: Lab) -> str:
    """Give Grafana's password."""
    return (lab.root / "secrets" / PASSWORD).read_text()


def planned(said: Said) -> dict[str, str]:
    """Give what a plan does, by why."""
    assert said.code == 2
    return {one["reason"]: one["action"] for one in json.loads(said.out)["changes"] if one["reason"]}


def assert_nowhere(lab: Lab, values: list[str], told: str) -> None:
    """Look for values in what was told, in every file and in what each process shows."""
    processes = [" ".join([*one.cmdline(), *one.environ().values()]) for one in lab.processes()]
    assert len(processes) > 5
    assert [value for value in values for text in (told, *processes) if value in text] == []
    assert found_in_files(lab, values) == []
    for name in ("hook", "scrape", PASSWORD):
        assert former(name, lab.root / "secrets") == ()


def found_in_files(lab: Lab, values: list[str]) -> list[tuple[str, str]]:
    """Give each value with the file in which it stands, beside those that are to hold it."""
    own = {lab.root / "secrets", lab.root / "data" / "grafana"}  # the password is in Grafana's database
    files = [
        path
        for path in lab.folder.rglob("*")
        if path.is_file() and "cache" not in path.parts and own.isdisjoint(path.parents)
    ]
    assert len(files) > 50
    texts = {path: path.read_bytes() for path in files}
    return [(value, str(path)) for value in values for path, text in texts.items() if value.encode() in text]
