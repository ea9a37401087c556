"""A real Caddy with what we render, a real gate, and servers behind them that say what arrived."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import threading
from base64 import b64encode
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import bcrypt

from stack.clients.http import Session
from stack.exporters._program import common_routes
from stack.exporters._server import Server
from stack.exporters.gate.api import Gate
from stack.services.proxy import AUTHORITY
from tests.lab import free_ports, until
from tests.stack.services.lab import stack
from tests.tools import tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stack.service import Stack

__all__ = ["BEHIND", "PASSWORD", "TOKENS", "Behind", "House", "behind", "make"]

PASSWORD = "open sesame"
TOKENS = {"deploy_token": "d" * 30, "token_ci": "c" * 30, "token_job": "j" * 30}
BEHIND = ("prometheus", "alertmanager", "pushgateway", "grafana")


class Behind(BaseHTTPRequestHandler):
    """Says what arrived, and echoes over a WebSocket."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._upgrade()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        seen = {name.lower(): value for name, value in self.headers.items()}
        said = {
            "server": self.connection.getsockname()[1],
            "method": self.command,
            "path": self.path,
            "headers": seen,
            "body": body.decode(),
        }
        answer = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Frame-Options", "ALLOWALL")
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

    def _upgrade(self) -> None:
        magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        key = b64encode(sha1((self.headers["Sec-WebSocket-Key"] + magic).encode()).digest()).decode()
        self.send_response(101)
        for name, value in (
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", key),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.rfile.read(4).upper())
        self.close_connection = True


@dataclass
class House:
    """The folder of an environment whose proxy runs."""

    root: Path
    stack: Stack
    caddy: Path
    ending: ExitStack = field(default_factory=ExitStack)

    @property
    def base(self) -> str:
        return self.stack.entrance

    @property
    def authority(self) -> Path:
        return self.root / "data" / "proxy" / AUTHORITY

    @property
    def log(self) -> str:
        return (self.root / "proxy.log").read_text()

    def door(self, service: str, **more: Any) -> Session:
        token = TOKENS["deploy_token"]
        return Session(f"{self.base}/-/door/{service}", verify=str(self.authority), token=token, **more)

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: str = "",
        host: str = "localhost",
    ) -> http.client.HTTPResponse:
        """Send a request as it is written: other clients clean a path before anybody sees it."""
        context = ssl.create_default_context(cafile=str(self.authority))
        connection = http.client.HTTPSConnection(
            "localhost", self.stack.port("proxy"), context=context, timeout=5
        )
        connection.putrequest(method, path, skip_host=True)
        length = {"Content-Length": str(len(body))} if body else {}
        for name, value in {"Host": f"{host}:1", **length, **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode() or None)
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def seen(self, path: str, **request: Any) -> dict[str, Any]:
        """Give what arrived at a server behind the proxy."""
        answer = self.ask(path, **request)
        assert answer.status == 200, answer.text  # type: ignore[attr-defined]
        found: dict[str, Any] = json.loads(answer.text)  # type: ignore[attr-defined]
        return found

    def write(self) -> None:
        for name in ("proxy", "gate"):
            folder = self.root / "current" / name
            folder.mkdir(parents=True, exist_ok=True)
            for path, data in self.stack.defined[name].files(self.stack).items():
                (folder / path).write_bytes(data)

    def start(self) -> House:
        process = self.stack.services["proxy"].process(self.stack)
        argv = [str(self.caddy), *(word.replace("{root}", str(self.root)) for word in process.argv[1:])]
        env = {name: value.replace("{root}", str(self.root)) for name, value in process.env.items()}
        with (self.root / "proxy.log").open("w") as log:
            run = subprocess.Popen(argv, env=env, cwd=self.root / "work" / "proxy", stderr=log, stdout=log)
        self.ending.callback(run.wait)
        self.ending.callback(run.terminate)
        pages = Session(f"http://{self.stack.pages('proxy')}")
        assert until(lambda: _up(pages) and self._has_certificates()), self.log
        return self

    def _has_certificates(self) -> bool:
        if self.stack.environment.proxy.tls != "internal":
            return True
        if not self.authority.exists():
            return False
        try:
            return self.ask("/").status > 0
        except OSError:
            return False

    def gate(self) -> Callable[[], None]:
        """Start the gate; give what ends it."""
        gate = Gate(self.root / "current/gate/gate.json", self.root / "secrets/deploy_token")
        server = self.ending.enter_context(Server(("127.0.0.1", self.stack.port("gate"))))
        server.routes = (*gate.routes, *common_routes(gate.counts))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def end() -> None:
            server.shutdown()
            thread.join()
            server.server_close()

        self.ending.callback(end)
        return end


def _up(pages: Session) -> bool:
    from stack.errors import HttpFailed

    try:
        return pages.request("GET", "/-/ready").ok
    except HttpFailed:
        return False


@contextmanager
def behind(port: int, handler: type[BaseHTTPRequestHandler] = Behind) -> Iterator[None]:
    """Let a server answer on a port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make(root: Path, **proxy: Any) -> House:
    """Lay out an environment with a proxy, its servers behind it; nothing of it runs yet."""
    caddy = tools("caddy")["caddy"]
    ports = dict(zip((*BEHIND, "proxy", "proxy_pages", "gate"), free_ports(), strict=False))
    settings = {
        "users": ["anna"],
        "tokens": {"ci": {"scope": "read"}, "job": {"scope": "push"}},
        **proxy,
    }
    made = stack(services={"proxy": True}, ports=ports, proxy=settings)
    for folder in ("work/proxy", "data/proxy", "secrets"):
        (root / folder).mkdir(parents=True)
    for name, token in TOKENS.items():
        (root / "secrets" / name).write_text(token)
    for user in made.environment.proxy.users:
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4))
        (root / "secrets" / f"user_{user}_hash").write_bytes(hashed)
    house = House(root, made, caddy)
    house.write()
    return house
