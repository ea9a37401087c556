"""The keeper on folders of this machine: every call, what it answers to nonsense, and a full disk."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stack.runtimes.keeper import Keeper, packed, serve, unpacked
from stack.runtimes.layout import Layout
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {"prometheus/prometheus.yml": b"a: 1\n", "binary": bytes(range(256))}


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    for name in ("root", "vault", "given/node"):
        (tmp_path / name).mkdir(parents=True)
    made = Keeper(tmp_path / "root", tmp_path / "vault", tmp_path / "given")
    yield made
    for held in made._held:
        held.close()


def ask(keeper: Keeper, what: str, **given: Any) -> dict[str, Any]:
    told = io.StringIO()
    serve(keeper, [json.dumps({"ask": what, "with": given}) + "\n"], told)
    answer: dict[str, Any] = json.loads(told.getvalue())
    return answer


def test_files_come_back_as_they_were_sent() -> None:
    assert unpacked(json.loads(json.dumps(packed(FILES)))) == FILES


def test_a_release_goes_its_way_from_published_to_proved(keeper: Keeper) -> None:
    assert ask(keeper, "live")["gave"]["release"] is None
    assert ask(keeper, "publish", release="r1", files=packed(FILES)) == {"gave": None}
    assert ask(keeper, "begin", release="r1") == {"gave": None}
    assert ask(keeper, "live")["gave"]["state"] == "activating"
    ask(keeper, "end")
    assert ask(keeper, "live")["gave"]["state"] == "active"
    ask(keeper, "prove", release="r1")

    live = ask(keeper, "live")["gave"]
    assert (live["release"], live["state"], unpacked(live["files"])) == ("r1", "proved", FILES)
    assert [(name, proved) for name, _, proved in ask(keeper, "releases")["gave"]] == [("r1", True)]
    assert unpacked(ask(keeper, "kept", release="r1")["gave"]) == FILES


def test_what_is_not_kept_is_told_apart_from_what_went_wrong(keeper: Keeper) -> None:
    assert ask(keeper, "kept", release="r9") == {
        "failed": "release 'r9' is not kept; kept are: none",
        "missing": True,
    }
    (keeper.root / "textfile").write_text("a file where a folder should be")
    told = ask(keeper, "write", path="textfile/page.prom", data=packed({"": b"x"})[""])
    assert "missing" not in told
    assert told["errno"] in {errno.ENOTDIR, errno.EEXIST}
    assert "textfile" in told["file"]


def test_only_one_holds_the_lock_and_the_other_learns_who(keeper: Keeper) -> None:
    assert ask(keeper, "lock", holder="deploy on here") == {"gave": None}
    second = Keeper(keeper.root, keeper.vault, keeper.given)
    assert ask(second, "lock", holder="deploy on there") == {"gave": "deploy on here"}
    assert (keeper.root / "lock").read_text() == "deploy on here"


def test_a_lock_on_a_full_disk_is_held_all_the_same(keeper: Keeper) -> None:
    (keeper.root / "lock").symlink_to("/dev/full")
    assert ask(keeper, "lock", holder="deploy") == {"gave": None}


def test_a_keeper_that_is_killed_gives_the_lock_back(keeper: Keeper) -> None:
    script = f"""
import sys; from pathlib import Path; from stack.runtimes.keeper import Keeper, serve
serve(Keeper(Path({str(keeper.root)!r})), sys.stdin, sys.stdout)
"""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    ) as one:
        assert one.stdin is not None
        assert one.stdout is not None
        one.stdin.write(json.dumps({"ask": "lock", "with": {"holder": "the first"}}) + "\n")
        one.stdin.flush()
        assert json.loads(one.stdout.readline()) == {"gave": None}
        assert ask(keeper, "lock", holder="the second") == {"gave": "the first"}
        one.kill()
    assert ask(keeper, "lock", holder="the second") == {"gave": None}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_folders_are_made_and_state_is_given_to_its_user_with_all_in_it(keeper: Keeper) -> None:
    (keeper.root / "data" / "prometheus" / "wal").mkdir(parents=True)
    (keeper.root / "data" / "prometheus" / "wal" / "0").touch()
    (keeper.root / "data" / "prometheus" / "away").symlink_to("/etc/passwd")
    ask(keeper, "prepare", folders=["work/prometheus"], owners={"data/prometheus": 65534}, links={})

    assert (keeper.root / "work" / "prometheus").is_dir()
    owned = [keeper.root / "data" / "prometheus", *(keeper.root / "data" / "prometheus").rglob("*")]
    assert {path.lstat().st_uid for path in owned} == {65534}
    assert Path("/etc/passwd").stat().st_uid == 0, "a link is not followed"


def test_a_link_is_made_once_and_follows_when_it_shall_lead_elsewhere(keeper: Keeper) -> None:
    link = keeper.root / "work" / "node" / "proc" / "net"
    made = []
    for leads in ("/host/proc/1/net", "/host/proc/1/net", "/proc/net"):
        ask(keeper, "prepare", folders=[], owners={}, links={"work/node/proc/net": leads})
        made.append((str(link.readlink()), link.lstat().st_ctime_ns))

    assert [leads for leads, _ in made] == ["/host/proc/1/net", "/host/proc/1/net", "/proc/net"]
    assert made[0] == made[1], "what reads by it is not disturbed"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_service_gets_exactly_its_secrets_and_nobody_else_reads_them(keeper: Keeper) -> None:
    ask(keeper, "give_secrets", service="node", files=packed({"old": b"1", "kept": b"2"}), user=65534)
    ask(keeper, "give_secrets", service="node", files=packed({"kept": b"2", "new": b"3"}), user=65534)

    found = {path.name: path for path in (keeper.given / "node").iterdir()}
    assert {name: path.read_bytes() for name, path in found.items()} == {"kept": b"2", "new": b"3"}
    assert {(path.stat().st_uid, path.stat().st_mode & 0o777) for path in found.values()} == {(65534, 0o400)}
    assert (keeper.given / "node").stat().st_mode & 0o777 == 0o500


def test_all_secrets_are_kept_and_given_back(keeper: Keeper) -> None:
    ask(keeper, "keep_secrets", files=packed({"word": b"\x00\xff"}))
    assert unpacked(ask(keeper, "secrets")["gave"]) == {"word": b"\x00\xff"}
    assert (keeper.vault / "word").stat().st_mode & 0o777 == 0o600


def test_a_vault_that_was_not_made_yet_holds_nothing(keeper: Keeper) -> None:
    keeper.vault.rmdir()
    assert ask(keeper, "secrets") == {"gave": {}}


def test_watched_files_are_laid_read_and_replaced(keeper: Keeper) -> None:
    ask(keeper, "lay_watched", service="grafana", files=packed({"a.json": b"1", "b.json": b"2"}))
    ask(keeper, "lay_watched", service="grafana", files=packed({"a.json": b"3"}))
    watched = Layout(keeper.root).watched / "grafana"
    assert {path.name: path.read_bytes() for path in watched.iterdir()} == {"a.json": b"3"}
    assert ask(keeper, "read", path="nowhere") == {"gave": None}


def test_a_full_disk_is_told_and_leaves_what_was_there(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(keeper, "publish", release="r1", files=packed(FILES))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "releases/r2")

    monkeypatch.setattr("stack.tree.Tree.write", full)
    told = ask(keeper, "publish", release="r2", files=packed(FILES))
    assert told == {"failed": "No space left on device", "errno": 28, "file": "releases/r2"}
    assert [path.name for path in Layout(keeper.root).releases.iterdir()] == ["r1"]


def test_half_a_line_of_a_deployer_that_was_cut_off_changes_nothing(keeper: Keeper) -> None:
    line = json.dumps({"ask": "keep_secrets", "with": {"files": packed({"word": b"secret words"})}})
    told = io.StringIO()
    serve(keeper, [line[:-20]], told)

    assert list(keeper.vault.iterdir()) == []
    assert told.getvalue() == ""
