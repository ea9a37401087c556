"""A provider's folder, brought into the database as far as Grafana would: with its silent failures."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.database import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.doubles.grafana.state import Provider, State

__all__ = ["walk"]

DOUBLED = "dashboards provisioning provider has no database write permissions because of duplicates"


def walk(state: State, provider: Provider, *, reload: bool = True) -> None:
    """Bring the dashboards of one provider to what its files say, as far as it may.

    A reload puts an edited one back; the poll takes a file only once it has changed, as is documented.
    """
    with state.lock:
        # A link is resolved: files of another target are other files, and the old ones count as gone.
        folder = Path(os.path.realpath(provider.path))
        files = sorted(str(path) for path in folder.rglob("*.json")) if folder.is_dir() else []
        _forget(state, provider, set(files))
        models = {path: model for path in files if (model := _read(state, path)) is not None}
        doubled = _doubled(models.values())
        if not doubled:
            state.restricted.discard(provider.name)
        for path, model in models.items():
            _provide(state, provider, path, model, reload=reload)
        if doubled:
            state.restricted.add(provider.name)
            state.tell("warn", f'"{DOUBLED}" provider={provider.name}')
        state.save()


def _forget(state: State, provider: Provider, files: set[str]) -> None:
    mine = {u: k for u, k in state.database.dashboards.items() if k.provider == provider.name}
    for uid, kept in mine.items():
        if kept.path not in files and provider.keeps:
            kept.provider = kept.path = kept.checksum = ""
        elif kept.path not in files:
            del state.database.dashboards[uid]


def _read(state: State, path: str) -> dict[str, Any] | None:
    try:
        model = json.loads(Path(path).read_bytes().decode())
        if isinstance(model, dict) and str(model.get("title", "")).strip():
            return model
        reason = "Dashboard title cannot be empty"
    except ValueError as error:
        reason = str(error)
    state.tell("error", f'"failed to load dashboard from " file={path} error="{reason}"')
    return None


def _doubled(models: Iterable[dict[str, Any]]) -> bool:
    listed = list(models)
    uids = [model["uid"] for model in listed if model.get("uid")]
    titles = [model["title"] for model in listed]
    return len(set(uids)) < len(uids) or len(set(titles)) < len(titles)


def _provide(state: State, provider: Provider, path: str, model: dict[str, Any], *, reload: bool) -> None:
    database = state.database
    checksum = hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()
    known = {kept.path: uid for uid, kept in database.dashboards.items()}
    uid = str(model.get("uid") or known.get(path) or secrets.token_hex(7))
    kept = database.dashboards.get(uid)
    if kept and kept.path == path and kept.checksum == checksum and not (reload and kept.edited):
        return
    if provider.name in state.restricted:
        state.tell("warn", f'"Not saving new dashboard due to restricted database access" file={path}')
        return
    kept = kept or Kept(database.next_id(), {}, version=0)
    kept.folder, kept.provider, kept.path = _folder(state, provider), provider.name, path
    kept.checksum, kept.edited = checksum, False
    kept.save({**model, "uid": uid}, "")
    database.dashboards[uid] = kept


def _folder(state: State, provider: Provider) -> str:
    known = {folder["title"]: uid for uid, folder in state.database.folders.items()}
    uid = provider.folder_uid or known.get(provider.folder) or secrets.token_hex(7)
    if provider.folder:
        state.database.folders.setdefault(uid, {"uid": uid, "title": provider.folder, "version": 1})
    return uid if provider.folder else ""
