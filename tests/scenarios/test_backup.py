"""A backup on the real programs: it holds what was there, whatever is killed, and never less than it says."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from tests import lab as labs
from tests.lab import until
from tests.scenarios.sabotage import killed, sabotaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration

WRONG = 16
"""The exit code of what a repository refuses, or has lost."""

CUTS = {
    "before anything is asked": "pipelines.stages.capture.take",
    "before the snapshot": "stack.clients.prometheus.Prometheus.snapshot",
    "when Prometheus has made its snapshot": "stack.runtimes.store.FolderStore.take",
    "when all is captured": "pipelines.stages.capture._digested",
    "before it is stored": "backups.repository.Repository.save",
    "before it is verified": "pipelines.stages.verify._refuse_another",
    "before the note": "backups.verified.Verified.done",
    "before anything is removed": "backups.repository.Repository.prune",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with labs.lab(tmp_path_factory.mktemp("backup")) as made:
        made.invoke("deploy").ok()
        made.invoke("backup").ok()
        yield made


@pytest.fixture
def kept(shared: Lab) -> Lab:
    """Give a deployed lab that has a good backup."""
    shared.environment()
    return shared


def snapshots(lab: Lab) -> list[str]:
    return [one["snapshot"] for one in lab.document("backup.list")]


def place(lab: Lab) -> Path:
    return lab.var / "backups" / "local"


def left_behind(lab: Lab) -> list[str]:
    """Name what no run should leave: snapshots on the server, and copies beside the repository."""
    folders = [lab.root / "data" / "prometheus" / "snapshots", place(lab) / "staging", place(lab) / "fetched"]
    return [str(path) for folder in folders if folder.is_dir() for path in folder.iterdir()]


def test_a_backup_holds_what_was_there_is_verified_and_leaves_nothing_behind(kept: Lab) -> None:
    said = kept.document("backup")
    shown = kept.document("backup.show", said["snapshot"][:8])

    assert set(shown["parts"]) == {"alerting", "config", "metrics"}
    assert shown["release"] == kept.live()
    assert shown["parts"]["metrics"]["counts"]["samples"] > 1000
    assert all(answer["values"] for answer in shown["parts"]["metrics"]["facts"]["queries"][-2:])
    assert left_behind(kept) == []
    assert snapshots(kept)[0] == said["snapshot"]
    page = (kept.root / "textfile" / "backup.prom").read_text()
    assert 'monitoring_backup_last_run_success{task="backup"} 1.0' in page
    assert 'monitoring_backup_last_verified_timestamp_seconds{task="backup"} ' in page
    assert 'monitoring_backup_last_objects{kind="samples",part="metrics",task="backup"} ' in page
    password = (place(kept) / "secrets" / "backup_password").read_text()
    told = json.dumps(shown) + "".join(path.read_text() for path in (kept.var / "runs").glob("*.json"))
    assert password not in told


def test_whatever_kills_it_the_next_one_is_good_and_nothing_stays(kept: Lab) -> None:
    before = snapshots(kept)
    for when, where in CUTS.items():
        assert killed(kept, where, "backup") == -signal.SIGKILL, when
    assert set(before[:1]) <= set(snapshots(kept))

    kept.invoke("backup").ok()
    assert left_behind(kept) == []
    kept.invoke("backup.verify", "--read-data").ok()


def test_a_prometheus_killed_in_the_middle_fails_the_backup_and_leaves_no_snapshot(kept: Lab) -> None:
    before = snapshots(kept)
    kill = f"""
def instead(*args, **kwargs):
    os.kill({kept.pid("prometheus")}, signal.SIGKILL)
    return real(*args, **kwargs)
"""
    said = sabotaged(kept, "stack.clients.prometheus.Prometheus.snapshot", kill, "backup")

    assert said.code == 14, said.out
    assert "connection refused or cut" in said.last
    assert left_behind(kept) == []
    assert snapshots(kept) == before
    assert until(lambda: kept.query("up"))


def test_what_is_gone_since_the_last_backup_fails_the_next_one_until_it_is_accepted(kept: Lab) -> None:
    kept.invoke("silence.create", "NodeDiskLow", "--duration", "1h", "--reason", "swapped").ok()
    kept.invoke("backup").ok()
    (silence,) = kept.document("silence.list")
    kept.invoke("silence.expire", silence["id"]).ok()
    before = snapshots(kept)

    said = kept.invoke("backup")
    assert said.code == 1
    assert said.last == (
        "there are no silences of alerting any more; the last backup had 1; "
        "if that is how it should be: --accept-empty"
    )
    assert snapshots(kept) == before
    page = (kept.root / "textfile" / "backup.prom").read_text()
    assert 'last_run_success{task="backup"} 0.0' in page
    assert 'last_objects{kind="silences",part="alerting",task="backup"} 1.0' in page
    kept.invoke("backup", "--accept-empty").ok()


def test_a_snapshot_that_lacks_what_the_server_has_is_no_backup(kept: Lab) -> None:
    """As of a young server that answers success with nothing in it."""
    nothing = """
def instead(store, path, target):
    target.mkdir(parents=True)
"""
    said = sabotaged(kept, "stack.runtimes.store.FolderStore.take", nothing, "backup")

    assert (said.code, said.last) == (1, "Prometheus gave a snapshot without a single sample")
    assert left_behind(kept) == []


@pytest.mark.parametrize("kind", ["data", "index", "snapshots"])
def test_one_flipped_byte_is_found_where_everything_is_read_and_by_a_restore(kept: Lab, kind: str) -> None:
    files = sorted((place(kept) / "repository" / kind).rglob("*"), key=lambda path: path.stat().st_size)
    victim = next(path for path in reversed(files) if path.is_file())
    whole = victim.read_bytes()
    victim.chmod(0o600)
    victim.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    try:
        said = kept.invoke("backup.verify", "--read-data")
        assert said.code == WRONG, said.out
        assert said.last.startswith("backup repository "), said.last
    finally:
        victim.write_bytes(whole)


def test_a_wrong_password_a_lost_one_and_a_place_that_is_not_there_are_one_line_each(kept: Lab) -> None:
    secret = place(kept) / "secrets" / "backup_password"
    right = secret.read_text()
    secret.write_text("another")
    assert kept.invoke("backup").code == WRONG
    secret.unlink()
    said = kept.invoke("backup")
    assert said.code == 5
    assert "put its copy back" in said.last
    assert not secret.exists()
    secret.write_text(right)

    kept.environment(backup={"repository": "rest:http://127.0.0.1:1/"})
    said = kept.invoke("backup", timeout=200.0)
    assert said.code == WRONG
    assert "127.0.0.1:1" in said.last
    kept.environment()
    kept.invoke("backup.verify").ok()
    assert left_behind(kept) == []


def test_two_at_once_are_one_and_a_word(kept: Lab) -> None:
    wait = """
import time
def instead(*args, **kwargs):
    time.sleep(8)
    return real(*args, **kwargs)
"""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        first = pool.submit(sabotaged, kept, "backups.repository.Repository.save", wait, "backup")
        assert until((place(kept) / "staging").is_dir)
        assert kept.invoke("backup").code == 8
        assert first.result().code == 0
