"""Finished blocks are copied by their ULID: those of the time, whole, whatever the server does meanwhile."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from backups import samples
from backups.blocks import Stretch
from backups.source import Origin, Tools
from backups.sources.metrics import SOURCE
from stack.clients.prometheus import Prometheus
from stack.errors import Refused
from stack.runtimes.store import FolderStore
from tests.backups.test_put_back import HOUR, NOW, ULIDS, write
from tests.pipelines.core.doubles import Noting, release

if TYPE_CHECKING:
    from pathlib import Path

LOOKBACK = 300.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a server's folder with three blocks of two hours, one after the other, and a head."""
    made = tmp_path / "local" / "data" / "prometheus"
    for number in range(3):
        write(made, ULIDS[number], NOW - (8 - 2 * number) * HOUR, NOW - (6 - 2 * number) * HOUR)
    (made / "wal").mkdir()
    (made / f"{ULIDS[5]}.tmp-for-creation").mkdir()
    return made


@pytest.fixture
def origin(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    del data
    made = release()
    monkeypatch.setattr(Prometheus, "lookback", lambda _: LOOKBACK)
    monkeypatch.setattr(Prometheus, "version", lambda _: "3.5.3")
    monkeypatch.setattr(samples, "asked", lambda _, at: [{"at": when} for when in at])
    runtime = cast("Any", Noting(tmp_path / "local").deployed(made))
    return Origin(made.stack, runtime, tmp_path / "notes", Tools({}, lambda _: None))


def captured(origin: Origin, folder: Path, stretch: Stretch) -> Any:
    assert SOURCE.within
    return SOURCE.within(origin, folder, stretch)


def test_only_blocks_of_the_time_are_copied_and_asked_of_where_no_other_is_seen(
    origin: Origin, tmp_path: Path
) -> None:
    since, until = (NOW - 5 * HOUR) / 1000, (NOW - 3 * HOUR) / 1000
    part = captured(origin, tmp_path / "made", Stretch(since, until))

    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ULIDS[1:3]
    assert part.counts == {"blocks": 2, "samples": 18}
    asked = [one["at"] for one in part.facts["queries"]]
    assert asked[0] == pytest.approx(since + LOOKBACK, abs=0.01)
    assert asked[-1] < until
    everything = captured(origin, tmp_path / "all", Stretch())
    assert everything.counts["blocks"] == 3
    assert [one["at"] for one in everything.facts["queries"]][-1] < (NOW - 2 * HOUR) / 1000


def test_where_a_query_would_look_back_beyond_what_is_there_none_is_asked(
    origin: Origin, tmp_path: Path
) -> None:
    since = (NOW - 5 * HOUR) / 1000
    part = captured(origin, tmp_path / "made", Stretch(since, since + LOOKBACK))
    assert part.facts["queries"] == []


def test_nothing_of_that_time_is_refused_with_what_there_is(origin: Origin, tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match="no finished block with samples of that time; it has 3, from "
    ) as caught:
        captured(origin, tmp_path / "made", Stretch(time.time() - 60))
    assert "invoke backup" in caught.value.advice


def test_blocks_that_are_merged_meanwhile_are_looked_for_anew(
    origin: Origin, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderStore.take

    def merging(store: FolderStore, path: str, target: Path) -> None:
        if path == ULIDS[1]:  # the first one is copied already
            for number in range(2):
                shutil.rmtree(data / ULIDS[number])
            write(data, ULIDS[4], NOW - 8 * HOUR, NOW - 4 * HOUR)
            monkeypatch.setattr(FolderStore, "take", real)
        real(store, path, target)

    monkeypatch.setattr(FolderStore, "take", merging)
    part = captured(origin, tmp_path / "made", Stretch())

    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [ULIDS[2], ULIDS[4]]
    assert part.counts == {"blocks": 2, "samples": 18}


def test_a_full_disk_is_told_as_what_it_is(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderStore.take

    def full(store: FolderStore, path: str, target: Path) -> None:
        if path in ULIDS:
            raise OSError(28, "No space left on device")
        real(store, path, target)

    monkeypatch.setattr(FolderStore, "take", full)
    with pytest.raises(OSError, match="No space left"):
        captured(origin, tmp_path / "made", Stretch())
    assert not (tmp_path / "made").exists()


def test_a_server_that_merges_again_and_again_ends_it_in_a_line(
    origin: Origin, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FolderStore.take

    def gone(store: FolderStore, path: str, target: Path) -> None:
        if path in ULIDS:
            shutil.rmtree(data / path)
        real(store, path, target)

    monkeypatch.setattr(FolderStore, "take", gone)
    with pytest.raises(Refused, match="merges its blocks while they are copied"):
        captured(origin, tmp_path / "made", Stretch())
