"""A release page on loopback: it redirects to a store that knows ranges, and every way to fail."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Fault", "ReleaseServer", "archive"]


@dataclass
class Fault:
    """How one file misbehaves: cut at these many bytes, one answer each; silent after so many; a status."""

    cuts: list[int] = field(default_factory=list)
    silent_after: int | None = None
    status: int = 200
    ranges: bool = True
    misplaced: bool = False


def archive(top: str, files: Mapping[str, bytes]) -> bytes:
    """Pack executable files into a gzipped tar archive with one top folder."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"{top}/{name}")
            member.size, member.mode = len(data), 0o755
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


class ReleaseServer:
    """Serves `/<page>` as a redirect to `/store/<page>` under another host name, as the real pages do."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, Fault] = {}
        self.seen: list[tuple[str, str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"page": self}))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def store(self) -> str:
        return f"http://localhost:{self._server.server_port}/store"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def publish(self, project: str, version: str, files: Mapping[str, bytes], arch: str = "amd64") -> str:
        """Lay out a release of a Prometheus project with its digest list; give the path of its archive."""
        name = f"{project}-{version}.linux-{arch}"
        page = f"/prometheus/{project}/releases/download/v{version}"
        self.files[f"{page}/{name}.tar.gz"] = archive(name, files)
        self.list_digests(page)
        return f"{page}/{name}.tar.gz"

    def list_digests(self, page: str) -> None:
        """Write the digest list of a page from what lies there now."""
        names = [path for path in self.files if path.startswith(page) and path.endswith(".tar.gz")]
        lines = [
            f"{hashlib.sha256(self.files[path]).hexdigest()}  {path.rpartition('/')[2]}" for path in names
        ]
        self.files[f"{page}/sha256sums.txt"] = ("\n".join(lines) + "\n").encode()

    def asked(self, path: str, method: str = "GET") -> list[str]:
        """Give the Range header of each request to the store for a file, in their order."""
        return [header for how, where, header in self.seen if (how, where) == (method, f"/store{path}")]


class _Handler(BaseHTTPRequestHandler):
    page: ClassVar[ReleaseServer]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.page.seen.append((self.command, self.path, self.headers.get("Range", "")))
        path = self.path.removeprefix("/store")
        fault = self.page.faults.setdefault(path, Fault())
        if path not in self.page.files or fault.status != 200:
            self.send_error(404 if path not in self.page.files else fault.status)
        elif path == self.path:
            self._answer(302, {"Location": self.page.store + path, "Content-Length": "0"})
        else:
            self._send(self.page.files[path], fault)

    def _send(self, data: bytes, fault: Fault) -> None:
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start = self._start(etag) if fault.ranges else 0
        if start >= len(data) > 0 and start:
            self._answer(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": "0"})
            return
        headers = {"ETag": etag, "Content-Length": str(len(data) - start)}
        if start:
            shown = start + 1 if fault.misplaced else start
            headers["Content-Range"] = f"bytes {shown}-{len(data) - 1}/{len(data)}"
        self._answer(206 if start else 200, headers)
        if self.command == "GET":
            self._write(data[start:], fault)

    def _start(self, etag: str) -> int:
        wanted = self.headers.get("Range", "")
        unchanged = self.headers.get("If-Range", etag) == etag
        return int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and unchanged else 0

    def _write(self, data: bytes, fault: Fault) -> None:
        if fault.silent_after is not None:
            self.wfile.write(data[: fault.silent_after])
            self.wfile.flush()
            time.sleep(1.5)
        elif fault.cuts:
            self.wfile.write(data[: fault.cuts.pop(0)])
        else:
            self.wfile.write(data)
        self.close_connection = True

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return
