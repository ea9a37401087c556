"""A strict double of a Grafana server: what a real one was seen to answer, and nothing else.

As a program: `install(folder)` lays out `folder/bin/grafana` and `folder/conf/defaults.ini`; name that
program where an environment looks for Grafana (`binaries.paths.grafana`). It understands

    grafana --version                                  prints `grafana version 13.2.1`
    grafana server --homepath=FOLDER --config=FILE     serves until SIGTERM

and reads what our service sets: `[server] http_addr, http_port`, `[security] admin_user, admin_password`,
any of them as `GF_SECTION_KEY`, with the expanders `$__file{…}` and `$__env{…}`; `GF_PATHS_PROVISIONING`
(data sources and dashboard providers, `$VARIABLES` in their values); `GF_PATHS_DATA`, where its database is
one JSON file.

In a test: `with Grafana({"server": {"http_port": "0"}}, environ) as grafana:` serves on `grafana.url`.

It keeps to recorded behaviour, the silent failures included. A broken file, or one with a byte order mark,
is skipped. A second uid or title takes its provider's permission to write. Behind a link that now leads
elsewhere every dashboard is deleted and made anew. Two default data sources end the start. The admin
password counts only while the database is new, and after five wrong ones the right one is refused too. A
request that it does not know is answered with 501, and kept in `unmatched` and in the file `unmatched.log`
beside the database.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import json
import os
import re
import secrets
import shlex
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["VERSION", "Answer", "Grafana", "StartRefused", "install"]

VERSION = "13.2.1"
LIMIT = 5000
ATTEMPTS, LOCKED_FOR = 5, 300.0
OPEN = {"/api/health", "/metrics"}
UID = re.compile(r"[A-Za-z0-9_-]+")
EXPANDER = re.compile(r"\$__(\w+)\{([^}]*)\}")
VARIABLE = re.compile(r"\$\$|\$\{(\w+)\}|\$(\w+)")


class StartRefused(Exception):
    """The server does not start, and says this as its last word."""


class Answer(Exception):
    """An answer other than 200, on its way out."""

    def __init__(self, status: int, message: str = "", /, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more} if message else None


@dataclass
class Kept:
    """A dashboard in the database."""

    id: int
    model: dict[str, Any]
    folder: str = ""
    version: int = 1
    provider: str = ""
    path: str = ""
    checksum: str = ""


@dataclass
class Database:
    """What outlives a restart."""

    password: str
    dashboards: dict[str, Kept] = field(default_factory=dict)
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_id: int = 0

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id


@dataclass
class Provider:
    """One entry of `provisioning/dashboards`."""

    name: str
    path: str
    folder: str = ""
    folder_uid: str = ""
    editable: bool = False
    keeps: bool = False
    interval: float = 10.0


class Grafana:
    """The server: its settings, its database, its answers."""

    def __init__(self, ini: Mapping[str, Mapping[str, str]], environ: Mapping[str, str]) -> None:
        self._ini = ini
        self._environ = environ
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._wrong: list[float] = []
        self._restricted: set[str] = set()
        self.unmatched: list[str] = []
        self.log: list[str] = []
        self.database = self._load()
        self.sources: dict[str, dict[str, Any]] = {}
        self.providers: list[Provider] = []

    # -- settings --

    def setting(self, section: str, key: str, default: str = "") -> str:
        """Give a setting: the variable before the file, expanders filled in."""
        variable = f"GF_{section}_{key}".upper().replace(".", "_")
        raw = self._environ.get(variable, self._ini.get(section, {}).get(key, default))
        return EXPANDER.sub(lambda found: self._expand(section, key, *found.groups()), raw)

    def _expand(self, section: str, key: str, expander: str, argument: str) -> str:
        if expander == "env":
            return self._environ.get(argument, "")
        try:
            return Path(argument).read_text().strip()
        except OSError as error:
            message = f"got error while expanding {section}.{key} with expander '{expander}': {error}"
            raise StartRefused(message) from error

    @property
    def _data(self) -> Path | None:
        folder = self.setting("paths", "data")
        return Path(folder) if folder else None

    # -- database --

    def _load(self) -> Database:
        # Read even where it will not be used: a missing file refuses the start.
        password = self.setting("security", "admin_password", "admin")
        if not (self._data and (self._data / "grafana.json").exists()):
            return Database(password)
        document = json.loads((self._data / "grafana.json").read_text())
        document["dashboards"] = {uid: Kept(**kept) for uid, kept in document["dashboards"].items()}
        return Database(**document)

    def _save(self) -> None:
        if self._data:
            self._data.mkdir(parents=True, exist_ok=True)
            (self._data / "grafana.json").write_text(json.dumps(asdict(self.database)))

    def _tell(self, level: str, message: str) -> None:
        self.log.append(f"level={level} msg={message}")
        print(self.log[-1], flush=True)  # noqa: T201 # a server's log goes to its standard output

    # -- provisioning --

    def provision(self) -> None:
        """Do what a start does: data sources, then dashboards."""
        self.reload_sources()
        self.reload_dashboards()

    def reload_sources(self) -> None:
        """Read the data sources; a wrong file or two defaults are an error."""
        found: dict[str, dict[str, Any]] = {}
        for document in self._documents("datasources"):
            for source in document.get("datasources") or []:
                uid = source.get("uid") or secrets.token_hex(5)
                found[uid] = {**source, "uid": uid, "readOnly": not source.get("editable", False)}
        if sum(bool(source.get("isDefault")) for source in found.values()) > 1:
            message = (
                "Failed to provision data sources: Datasource provisioning error: datasource.yaml config is "
            )
            message += "invalid. Only one datasource per organization can be marked as default"
            raise StartRefused(message)
        self.sources = found

    def reload_dashboards(self) -> None:
        """Read the providers and walk their folders."""
        documents = list(self._documents("dashboards"))
        with self._lock:
            self.providers = [_provider(entry) for doc in documents for entry in doc.get("providers") or []]
            for provider in self.providers:
                self.walk(provider)

    def _documents(self, kind: str) -> Iterator[dict[str, Any]]:
        folder = Path(self.setting("paths", "provisioning") or "/nonexistent") / kind
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            try:
                yield _interpolated(yaml.safe_load(path.read_text()) or {}, self._environ)
            except yaml.YAMLError as error:
                what = kind.replace("datas", "data s")
                message = f"Failed to provision {what}: {path}: {error}"
                raise StartRefused(message) from error

    def walk(self, provider: Provider) -> None:
        """Bring the dashboards of one provider to what its files say, as far as it may."""
        with self._lock:
            # A link is resolved: files of another target are other files, and the old ones count as gone.
            folder = Path(os.path.realpath(provider.path))
            files = sorted(str(path) for path in folder.rglob("*.json")) if folder.is_dir() else []
            self._forget(provider, set(files))
            models = {path: model for path in files if (model := self._read(path)) is not None}
            doubled = _doubled(models.values())
            if not doubled:
                self._restricted.discard(provider.name)
            for path, model in models.items():
                self._provide(provider, path, model)
            if doubled:
                self._restricted.add(provider.name)
                message = (
                    "dashboards provisioning provider has no database write permissions because of duplicates"
                )
                self._tell("warn", f'"{message}" provider={provider.name}')
            self._save()

    def _forget(self, provider: Provider, files: set[str]) -> None:
        mine = {u: k for u, k in self.database.dashboards.items() if k.provider == provider.name}
        for uid, kept in mine.items():
            if kept.path not in files and provider.keeps:
                kept.provider = kept.path = kept.checksum = ""
            elif kept.path not in files:
                del self.database.dashboards[uid]

    def _read(self, path: str) -> dict[str, Any] | None:
        try:
            model = json.loads(Path(path).read_bytes().decode())
            if isinstance(model, dict) and str(model.get("title", "")).strip():
                return model
            reason = "Dashboard title cannot be empty"
        except ValueError as error:
            reason = str(error)
        self._tell("error", f'"failed to load dashboard from " file={path} error="{reason}"')
        return None

    def _provide(self, provider: Provider, path: str, model: dict[str, Any]) -> None:
        checksum = hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()
        known = {kept.path: uid for uid, kept in self.database.dashboards.items()}
        uid = str(model.get("uid") or known.get(path) or secrets.token_hex(7))
        kept = self.database.dashboards.get(uid)
        if kept and kept.path == path and kept.checksum == checksum:
            return
        if provider.name in self._restricted:
            self._tell("warn", f'"Not saving new dashboard due to restricted database access" file={path}')
            return
        number, version = (kept.id, kept.version + 1) if kept else (self.database.next_id(), 1)
        self.database.dashboards[uid] = Kept(
            number, {**model, "uid": uid}, self._folder(provider), version, provider.name, path, checksum
        )

    def _folder(self, provider: Provider) -> str:
        known = {folder["title"]: uid for uid, folder in self.database.folders.items()}
        uid = provider.folder_uid or known.get(provider.folder) or secrets.token_hex(7)
        if provider.folder:
            self.database.folders.setdefault(uid, {"uid": uid, "title": provider.folder, "version": 1})
        return uid if provider.folder else ""

    # -- requests --

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        """Give status and document (or bytes) for one request."""
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        try:
            if url.path not in OPEN:
                self._login(headers.get("Authorization", ""))
            for verb, pattern, handle in _ROUTES:
                if verb == method and (found := re.fullmatch(pattern, url.path)):
                    document = json.loads(body) if body and "proxy" not in pattern else body.decode()
                    return 200, handle(self, *found.groups(), query=query, document=document)
        except Answer as answer:
            return answer.status, answer.body
        self._unknown(f"{method} {target}")
        return 501, {"message": f"the double does not know {method} {url.path}"}

    def _unknown(self, request: str) -> None:
        self.unmatched.append(request)
        self._tell("error", f"unmatched request: {request}")
        if self._data:
            self._data.mkdir(parents=True, exist_ok=True)
            with (self._data / "unmatched.log").open("a") as file:
                file.write(f"{request}\n")

    def _login(self, header: str) -> None:
        kind, _, coded = header.partition(" ")
        if kind != "Basic":
            raise Answer(401, "Unauthorized")
        user, _, password = base64.b64decode(coded).decode().partition(":")
        self._wrong = [moment for moment in self._wrong if time.monotonic() - moment < LOCKED_FOR]
        expected = (self.setting("security", "admin_user", "admin"), self.database.password)
        if len(self._wrong) >= ATTEMPTS or (user, password) != expected:
            self._wrong.append(time.monotonic())
            raise Answer(
                401, "invalid username or password", messageId="password-auth.failed", statusCode=401
            )
        self._wrong.clear()

    def _health(self, **_: object) -> dict[str, Any]:
        return {"database": "ok", "version": VERSION, "commit": "double"}

    def _metrics(self, **_: object) -> bytes:
        return (
            "# HELP grafana_build_info A metric with a constant '1' value.\n# TYPE grafana_build_info gauge\n"
            f'grafana_build_info{{edition="oss",version="{VERSION}"}} 1\n'
            "# HELP grafana_stat_totals_dashboard total amount of dashboards\n"
            "# TYPE grafana_stat_totals_dashboard gauge\n"
            f"grafana_stat_totals_dashboard {len(self.database.dashboards)}\n"
        ).encode()

    def _user(self, **_: object) -> dict[str, Any]:
        return {"id": 1, "login": self.setting("security", "admin_user", "admin"), "isGrafanaAdmin": True}

    def _change_password(self, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
        if document.get("oldPassword") != self.database.password:
            raise Answer(401, "Invalid old password")
        self.database.password = document["newPassword"]
        self._save()
        return {"message": "User password changed"}

    def _search(self, *, query: dict[str, str], **_: object) -> list[dict[str, Any]]:
        limit, page = int(query.get("limit", 1000)), int(query.get("page", 1))
        if limit > LIMIT:
            raise Answer(
                422,
                f"Limit is above maximum allowed ({LIMIT}), use page parameter to access hits beyond limit",
            )
        if query.get("type") != "dash-db":
            raise Answer(501, "the double searches for dashboards only: type=dash-db")
        found = sorted(self.database.dashboards.items(), key=lambda item: str(item[1].model["title"]))
        return [self._hit(uid, kept) for uid, kept in found[(page - 1) * limit : page * limit]]

    def _hit(self, uid: str, kept: Kept) -> dict[str, Any]:
        hit = {
            "id": kept.id,
            "uid": uid,
            "title": kept.model["title"],
            "type": "dash-db",
            "url": _url(uid, kept),
        }
        hit |= {"tags": kept.model.get("tags", []), "isStarred": False}
        return {**hit, "folderUid": kept.folder} if kept.folder else hit

    def _dashboard(self, uid: str, **_: object) -> dict[str, Any]:
        kept = self._kept(uid)
        provider = self._provider(kept)
        meta = {
            "type": "db",
            "slug": _slug(kept),
            "url": _url(uid, kept),
            "version": kept.version,
            "folderUid": kept.folder,
            "folderTitle": self.database.folders.get(kept.folder, {}).get("title", "Dashboards"),
            "provisioned": provider is not None and not provider.editable,
            "provisionedExternalId": Path(kept.path).name if kept.path else "",
        }
        return {"meta": meta, "dashboard": {**kept.model, "id": kept.id, "version": kept.version}}

    def _delete(self, uid: str, **_: object) -> dict[str, Any]:
        kept = self._kept(uid)
        if kept.provider:
            raise Answer(400, "provisioned dashboard cannot be deleted")
        del self.database.dashboards[uid]
        self._save()
        return {"title": kept.model["title"], "message": f"Dashboard {kept.model['title']} deleted"}

    def _write(self, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
        model, overwrite = dict(document["dashboard"]), bool(document.get("overwrite"))
        number, version = model.pop("id", None), model.pop("version", None)
        uid, folder = str(model.get("uid") or secrets.token_hex(7)), str(document.get("folderUid") or "")
        _refuse_wrong_uid(uid)
        if not str(model.get("title", "")).strip():
            raise Answer(400, "Dashboard title cannot be empty", status="empty-name")
        if folder and folder not in self.database.folders:
            raise Answer(400, "Folder not found")
        if number and number not in {kept.id for kept in self.database.dashboards.values()}:
            raise Answer(404, "Dashboard not found", status="not-found")
        kept = self.database.dashboards.get(uid)
        self._refuse_clash(uid, folder, model["title"], kept, version, overwrite=overwrite)
        kept = self._written(uid, model, folder, kept)
        return {
            "id": kept.id,
            "uid": uid,
            "url": _url(uid, kept),
            "status": "success",
            "version": kept.version,
            "slug": _slug(kept),
        }

    def _refuse_clash(
        self, uid: str, folder: str, title: str, kept: Kept | None, version: int | None, *, overwrite: bool
    ) -> None:
        provider = self._provider(kept) if kept else None
        if provider and not provider.editable:
            raise Answer(400, "Cannot save provisioned dashboard")
        if kept and not overwrite and version != kept.version:
            raise Answer(412, "The dashboard has been changed by someone else", status="version-mismatch")
        others = {(k.folder, k.model["title"]) for u, k in self.database.dashboards.items() if u != uid}
        if (folder, title) in others and not overwrite:
            message = "A dashboard with the same name in the folder already exists"
            raise Answer(412, message, status="name-exists")

    def _written(self, uid: str, model: dict[str, Any], folder: str, kept: Kept | None) -> Kept:
        if kept is None:
            kept = Kept(self.database.next_id(), {}, version=0)
        # The file's content comes back with the next reload, though the file did not change.
        kept.model, kept.folder, kept.checksum, kept.version = (
            {**model, "uid": uid},
            folder,
            "",
            kept.version + 1,
        )
        self.database.dashboards[uid] = kept
        self._save()
        return kept

    def _kept(self, uid: str) -> Kept:
        if uid not in self.database.dashboards:
            raise Answer(404, "Dashboard not found", status="not-found")
        return self.database.dashboards[uid]

    def _provider(self, kept: Kept) -> Provider | None:
        return next((provider for provider in self.providers if provider.name == kept.provider), None)

    def _new_folder(self, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
        uid, title = str(document.get("uid") or secrets.token_hex(7)), document["title"]
        _refuse_wrong_uid(uid)
        if uid in self.database.folders:
            raise Answer(412, "the folder has been changed by someone else", status="version-mismatch")
        if title in {folder["title"] for folder in self.database.folders.values()}:
            raise Answer(409, "a folder or dashboard in the general folder with the same name already exists")
        self.database.folders[uid] = {"uid": uid, "title": title, "version": 1}
        self._save()
        return self.database.folders[uid]

    def _reload(self, kind: str, **_: object) -> dict[str, Any]:
        try:
            {"dashboards": self.reload_dashboards, "datasources": self.reload_sources}[kind]()
        except StartRefused as refused:
            raise Answer(500, str(refused)) from refused
        return {"message": f"{kind.capitalize()} config reloaded"}

    def _source(self, uid: str, **_: object) -> dict[str, Any]:
        if uid not in self.sources:
            raise Answer(404, "Data source not found")
        return {key: value for key, value in self.sources[uid].items() if key != "secureJsonData"}

    def _sources(self, **_: object) -> list[dict[str, Any]]:
        return [self._source(uid) for uid in self.sources]

    def _delete_source(self, uid: str, **_: object) -> dict[str, Any]:
        if self._source(uid)["readOnly"]:
            raise Answer(403, "Cannot delete read-only data source")
        del self.sources[uid]
        return {"message": "Data source deleted"}

    def _query(self, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"results": {query["refId"]: self._result(query, document) for query in document["queries"]}}

    def _result(self, query: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
        source = self._source(query["datasource"]["uid"])
        end = time.time()
        path, params = "query", {"query": query["expr"], "time": f"{end}"}
        if not query.get("instant"):
            span = _seconds(document["from"])
            path = "query_range"
            params = {
                "query": query["expr"],
                "start": f"{end - span}",
                "end": f"{end}",
                "step": f"{span / 100}",
            }
        try:
            status, body = _fetch(f"{source['url']}/api/v1/{path}", urllib.parse.urlencode(params).encode())
        except OSError as error:
            raise Answer(
                500, "An error occurred within the plugin", messageId="plugin.downstreamError"
            ) from error
        answer = json.loads(body)
        if status != 200:
            refused = {
                "status": status,
                "error": f"{answer['errorType']}: {answer['error']}",
                "refId": query["refId"],
            }
            raise Answer(400, "bad data", results={query["refId"]: refused})
        return {"status": 200, "frames": [_frame(series) for series in answer["data"]["result"]]}

    def _proxy(self, uid: str, rest: str, *, query: dict[str, str], document: str, **_: object) -> bytes:
        url = f"{self._source(uid)['url']}{rest}?{urllib.parse.urlencode(query)}"
        try:
            status, body = _fetch(url, document.encode() or None)
        except OSError as error:
            raise Answer(502) from error
        if status != 200:
            raise Answer(status, body.decode())
        return body

    # -- serving --

    def __enter__(self) -> Self:
        self.provision()
        address = (
            self.setting("server", "http_addr", "127.0.0.1"),
            int(self.setting("server", "http_port", "3000")),
        )
        self._server = ThreadingHTTPServer(address, _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._threads = [threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})]
        self._threads += [
            threading.Thread(target=self._poll, args=(provider,)) for provider in self.providers
        ]
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
            self.walk(next((p for p in self.providers if p.name == provider.name), provider))


_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "/api/health", Grafana._health),
    ("GET", "/metrics", Grafana._metrics),
    ("GET", "/api/user", Grafana._user),
    ("PUT", "/api/user/password", Grafana._change_password),
    ("GET", "/api/search", Grafana._search),
    ("GET", r"/api/dashboards/uid/([^/]+)", Grafana._dashboard),
    ("DELETE", r"/api/dashboards/uid/([^/]+)", Grafana._delete),
    ("POST", "/api/dashboards/db", Grafana._write),
    ("POST", "/api/folders", Grafana._new_folder),
    ("POST", r"/api/admin/provisioning/(dashboards|datasources)/reload", Grafana._reload),
    ("GET", "/api/datasources", Grafana._sources),
    ("GET", r"/api/datasources/uid/([^/]+)", Grafana._source),
    ("DELETE", r"/api/datasources/uid/([^/]+)", Grafana._delete_source),
    ("GET", r"/api/datasources/proxy/uid/([^/]+)(/.*)", Grafana._proxy),
    ("POST", r"/api/datasources/proxy/uid/([^/]+)(/.*)", Grafana._proxy),
    ("POST", "/api/ds/query", Grafana._query),
]


def _handler(grafana: Grafana) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = grafana.answer(self.command, self.path, dict(self.headers), body)
            raw = isinstance(document, bytes)
            data = document if raw else b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4" if raw else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 # the base class' names

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _provider(entry: Mapping[str, Any]) -> Provider:
    return Provider(
        name=entry["name"],
        path=entry["options"]["path"],
        folder=entry.get("folder", ""),
        folder_uid=entry.get("folderUid", ""),
        editable=entry.get("allowUiUpdates", False),
        keeps=entry.get("disableDeletion", False),
        interval=entry.get("updateIntervalSeconds", 10),
    )


def _interpolated(document: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(document, dict):
        return {key: _interpolated(value, environ) for key, value in document.items()}
    if isinstance(document, list):
        return [_interpolated(value, environ) for value in document]
    if isinstance(document, str):
        return VARIABLE.sub(lambda v: "$" if v[0] == "$$" else environ.get(v[1] or v[2], ""), document)
    return document


def _doubled(models: Any) -> bool:
    listed = list(models)
    uids = [model["uid"] for model in listed if model.get("uid")]
    titles = [model["title"] for model in listed]
    return len(set(uids)) < len(uids) or len(set(titles)) < len(titles)


def _refuse_wrong_uid(uid: str) -> None:
    if not UID.fullmatch(uid):
        raise Answer(400, "uid contains illegal characters")
    if len(uid) > 40:
        raise Answer(400, "uid too long, max 40 characters")


def _slug(kept: Kept) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(kept.model["title"]).lower()).strip("-")


def _url(uid: str, kept: Kept) -> str:
    return f"/d/{uid}/{_slug(kept)}"


def _seconds(start: str) -> float:
    number, unit = re.fullmatch(r"now-(\d+)([smh])", start).groups()  # type: ignore[union-attr] # else: loud
    return float(number) * {"s": 1, "m": 60, "h": 3600}[unit]


def _fetch(url: str, data: bytes | None) -> tuple[int, bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data=data), timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _frame(series: Mapping[str, Any]) -> dict[str, Any]:
    samples = series.get("values") or [series["value"]]
    fields = [
        {"name": "Time", "type": "time"},
        {"name": "Value", "type": "number", "labels": series["metric"]},
    ]
    values = [[int(moment * 1000) for moment, _ in samples], [_number(text) for _, text in samples]]
    return {"schema": {"refId": "A", "fields": fields}, "data": {"values": values}}


def _number(text: str) -> float | None:
    value = float(text)
    return (
        value if value - value == 0 else None
    )  # JSON has neither NaN nor infinity: null, and the kind beside it


def install(folder: Path) -> Path:
    """Lay out a Grafana as its release archive does, and give the program."""
    program = folder / "bin" / "grafana"
    for path in (program, folder / "conf" / "defaults.ini"):
        path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "conf" / "defaults.ini").write_text("[server]\nhttp_port = 3000\n")
    command = shlex.join([sys.executable, str(Path(__file__).resolve())])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    return program


def _options(words: list[str]) -> dict[str, str]:
    options = dict(
        word.removeprefix("--").split("=", 1) for word in words if word.startswith("--") and "=" in word
    )
    if (
        len(options) != len(words)
        or not options.keys() >= {"homepath", "config"}
        or options.keys() - {"homepath", "config"}
    ):
        message = f"the double takes --homepath=FOLDER --config=FILE, not {shlex.join(words)}"
        raise StartRefused(message)
    if not Path(options["homepath"], "conf", "defaults.ini").is_file():
        message = "Could not find config defaults, make sure homepath command line parameter is set"
        raise StartRefused(message)
    return options


def _serve(words: list[str], stop: threading.Event) -> None:
    if words[:1] != ["server"]:
        message = f"the double serves or tells its version, not {shlex.join(words)}"
        raise StartRefused(message)
    parser = configparser.ConfigParser(interpolation=None)
    with Path(_options(words[1:])["config"]).open() as file:
        parser.read_file(file)
    with Grafana({name: dict(parser[name]) for name in parser.sections()}, os.environ):
        stop.wait()


def main(words: list[str]) -> int:
    if words in (["--version"], ["-v"]):
        print(f"grafana version {VERSION}")  # noqa: T201 # as the program does
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        _serve(words, stop)
    except (StartRefused, OSError) as refused:
        print(f"Error: ✗ {refused}", file=sys.stderr)  # noqa: T201 # as the program does
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
