"""A real restic: what it stores it gives back, and each way in which it fails is one clear line."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stack.clients.restic import Restic
from stack.errors import RepositoryFailed
from tests.lab import until
from tests.tools import tools

pytestmark = pytest.mark.integration

HOST = "prod"


@pytest.fixture
def restic(tmp_path: Path) -> Restic:
    """Give a repository that was just made."""
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    made = Restic(tools("restic")["restic"], str(tmp_path / "repository"), password, tmp_path / "cache")
    assert made.snapshots(host=HOST) is None
    made.create()
    assert made.snapshots(host=HOST) == ()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with something to store: more than restic packs together with its own records."""
    folder = tmp_path / "staging"
    (folder / "metrics").mkdir(parents=True)
    (folder / "metrics" / "chunks").write_bytes(os.urandom(3 << 20))
    (folder / "manifest.json").write_text("{}\n")
    return folder


def test_a_snapshot_comes_back_as_it_was_and_costs_nothing_twice(restic: Restic, folder: Path) -> None:
    first = restic.save(folder, host=HOST, tags=("monitoring", "full"))
    assert (first.files, first.size) == (2, 3 * 2**20 + 3)
    assert first.added > 3 * 2**20
    second = restic.save(folder, host=HOST, tags=("monitoring", "full"))
    assert second.added < 2**16

    restic.save(folder, host="dev", tags=("monitoring", "full"))
    kept = restic.snapshots(host=HOST, tags=("monitoring", "full"))
    assert [one.id for one in kept or ()] == [first.id, second.id]
    assert restic.snapshots(host=HOST, tags=("monitoring", "other")) == ()

    target = folder.parent / "back"
    restic.restore(first.id[:8], target)
    assert _files(target) == _files(folder)
    restic.restore(second.id, folder.parent / "part", only=("metrics",))
    assert set(_files(folder.parent / "part")) == {"metrics/chunks"}


def test_retention_is_by_host_and_tags_and_never_by_path(restic: Restic, folder: Path) -> None:
    ids = []
    for number in range(3):
        folder = folder.rename(folder.with_name(f"staging-{number}"))
        ids.append(restic.save(folder, host=HOST, tags=("monitoring",)).id)
    other = restic.save(folder, host="dev", tags=("monitoring",)).id

    ours: dict[str, Any] = {"host": HOST, "tags": ("monitoring",), "keep": {"last": 1, "daily": 0}}
    expected = {ids[0]: (), ids[1]: (), ids[2]: ("last snapshot",)}
    assert restic.forget(**ours, remove=False) == expected
    assert [one.id for one in restic.snapshots(host=HOST) or ()] == ids
    assert restic.forget(**ours, remove=True) == expected
    assert [one.id for one in restic.snapshots(host=HOST) or ()] == ids[2:]
    assert [one.id for one in restic.snapshots(host="dev") or ()] == [other]
    assert restic.forget(**ours, remove=True) == {ids[2]: ("last snapshot",)}


def test_a_flipped_byte_is_found_where_all_data_is_read(restic: Restic, folder: Path) -> None:
    restic.save(folder, host=HOST)
    restic.check("100%")
    pack = max(Path(restic.repository, "data").rglob("*"), key=lambda one: one.stat().st_size)
    pack.chmod(0o600)
    with pack.open("r+b") as file:
        file.seek(pack.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))

    restic.check()
    with pytest.raises(RepositoryFailed, match=pack.name[:8]):
        restic.check("100%")
    with pytest.raises(RepositoryFailed):
        restic.restore("latest", folder.parent / "back")


def test_what_cannot_be_stored_whole_is_not_kept(restic: Restic, folder: Path, tmp_path: Path) -> None:
    (folder / "metrics" / "chunks").chmod(0)
    with pytest.raises(RepositoryFailed, match=r"metrics/chunks: .*permission denied"):
        replace(restic, path=_heeding_modes(restic.path, tmp_path)).save(folder, host=HOST)
    assert restic.snapshots(host=HOST) == ()


def test_the_ways_to_fail_are_told_apart(
    restic: Restic, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack.clients.restic.OPENING", 3.0)
    wrong = tmp_path / "wrong"
    wrong.write_text("battery staple\n")
    with pytest.raises(RepositoryFailed, match="wrong password") as refused:
        replace(restic, password=wrong).snapshots(host=HOST)
    assert "the password that the repository was made with" in refused.value.advice

    with pytest.raises(RepositoryFailed, match="nowhere") as missing:
        replace(restic, repository=str(tmp_path / "nowhere")).save(folder, host=HOST)
    assert "name the right repository" in missing.value.advice

    with pytest.raises(RepositoryFailed, match="already"):
        restic.create()
    with pytest.raises(
        RepositoryFailed, match=r"rest:http://127.0.0.1:1/x: no answer within 3 s"
    ) as unreachable:
        replace(restic, repository="rest:http://anna:hunter2@127.0.0.1:1/x").snapshots(host=HOST)
    assert "hunter2" not in str(unreachable.value)


def test_a_living_run_is_waited_for_and_what_a_killed_one_has_left_is_taken_away(
    restic: Restic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stack.clients.restic.WAIT", "1s")
    variables = {"RESTIC_REPOSITORY": restic.repository, "RESTIC_PASSWORD_FILE": str(restic.password)}
    locks = Path(restic.repository, "locks")
    argv = [str(restic.path), "backup", "--stdin", "--no-cache"]
    with subprocess.Popen(argv, env=variables, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as other:
        try:
            assert until(lambda: list(locks.iterdir()))
            with pytest.raises(RepositoryFailed, match="locked") as refused:
                restic.check()
            assert "wait until the other run has ended" in refused.value.advice
        finally:
            other.kill()

    assert list(locks.iterdir())
    restic.check()
    assert not list(locks.iterdir())


def _heeding_modes(program: Path, folder: Path) -> Path:
    """Give a restic that may read only what modes let it, also where root runs it."""
    wrapper = folder / "restic"
    without = "setpriv --bounding-set=-dac_override,-dac_read_search " if os.geteuid() == 0 else ""
    wrapper.write_text(f'#!/bin/sh\nexec {without}{program} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def _files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
