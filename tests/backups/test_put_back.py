"""Blocks go back where nothing is in their way; all of them, or none."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from backups.blocks import Stretch
from backups.digests import Digests
from backups.manifest import Part
from backups.put_back import plan, restore, undo
from backups.source import Origin, Tools, Wish
from stack.clients.prometheus import Prometheus
from stack.errors import Refused
from tests.pipelines.core.doubles import Noting, release

if TYPE_CHECKING:
    from pathlib import Path

NOW = int(time.time() * 1000)
HOUR = 3600 * 1000
ULIDS = [f"01M8M0XGMRYR98FWQ9GTQ8DYT{letter}" for letter in "ABCDEF"]


def write(folder: Path, ulid: str, start: int, end: int, chunks: bytes = b"samples") -> None:
    (folder / ulid).mkdir(parents=True)
    document = {"ulid": ulid, "minTime": start, "maxTime": end, "stats": {"numSamples": 9, "numSeries": 3}}
    (folder / ulid / "meta.json").write_text(json.dumps(document))
    (folder / ulid / "chunks").write_bytes(chunks)


def part(folder: Path) -> Part:
    return Part({"blocks": 1, "samples": 9}, {}, Digests(folder.parent / "none").of(folder))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "local" / "data" / "prometheus"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def origin(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    """Give a live stack whose Prometheus has samples of the last hour in memory."""
    made = release()
    runtime = Noting(tmp_path / "local").deployed(made)
    monkeypatch.setattr(Prometheus, "oldest", lambda _: float(NOW - HOUR))
    monkeypatch.setattr(Prometheus, "version", lambda _: "3.5.3")
    return Origin(made.stack, cast("Any", runtime), tmp_path / "notes", Tools({}, lambda _: None))


def names(data: Path) -> list[str]:
    return sorted(path.name for path in data.iterdir())


def test_only_what_the_server_lacks_goes_back_and_a_second_time_nothing(
    origin: Origin, data: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    write(kept, ULIDS[0], NOW - 9 * HOUR, NOW - 7 * HOUR)
    write(kept, ULIDS[1], NOW - 5 * HOUR, NOW - 3 * HOUR)
    write(kept, ULIDS[2], NOW - 2 * HOUR, NOW - HOUR // 2)
    write(kept, ULIDS[3], NOW - 900 * 24 * HOUR, NOW - 899 * 24 * HOUR)
    write(data, ULIDS[4], NOW - 4 * HOUR, NOW - 3 * HOUR)
    (data / ULIDS[5]).mkdir()  # one that does not say what it holds: the server takes no notice of it either

    steps = restore(origin, kept, part(kept), Wish())

    assert [(step.name, step.action) for step in steps] == [
        (ULIDS[3], "leave"),
        (ULIDS[0], "create"),
        (ULIDS[1], "leave"),
        (ULIDS[2], "leave"),
    ]
    reasons = [step.why.partition(":")[0] for step in steps if step.action == "leave"]
    assert reasons == [
        "older than what is kept",
        f"the server has block {ULIDS[4]} of that time",
        "the server has samples of that time in memory",
    ]
    assert names(data) == [ULIDS[0], ULIDS[4], ULIDS[5]]
    again = plan(origin, kept, part(kept), Wish())
    assert {step.action for step in again} == {"leave"}


def test_a_damaged_one_is_replaced(origin: Origin, data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    write(kept, ULIDS[0], NOW - 9 * HOUR, NOW - 7 * HOUR)
    write(data, ULIDS[0], NOW - 9 * HOUR, NOW - 7 * HOUR, b"damages")

    (step,) = restore(origin, kept, part(kept), Wish())

    assert (step.action, step.why) == ("overwrite", "damaged")
    assert (data / ULIDS[0] / "chunks").read_bytes() == b"samples"
    assert names(data) == [ULIDS[0]]


def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    origin: Origin, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    write(kept, ULIDS[0], NOW - 19 * HOUR, NOW - 17 * HOUR)
    write(kept, ULIDS[1], NOW - 9 * HOUR, NOW - 7 * HOUR)
    write(data, ULIDS[1], NOW - 9 * HOUR, NOW - 7 * HOUR, b"damages")
    store = origin.runtime.store("prometheus")
    real = type(store).put

    def put(self: Any, source: Path, path: str) -> None:
        if path == ULIDS[1]:
            message = "no space left on device"
            raise OSError(message)
        real(self, source, path)

    monkeypatch.setattr(type(store), "put", put)
    with pytest.raises(OSError, match="no space"):
        restore(origin, kept, part(kept), Wish())

    assert names(data) == [ULIDS[1]]
    assert (data / ULIDS[1] / "chunks").read_bytes() == b"damages"


def test_what_was_put_there_can_be_taken_away_again(origin: Origin, data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    write(kept, ULIDS[0], NOW - 9 * HOUR, NOW - 7 * HOUR)
    write(data, ULIDS[1], NOW - 5 * HOUR, NOW - 3 * HOUR)

    steps = restore(origin, kept, part(kept), Wish())
    undo(origin, kept, part(kept), steps)

    assert names(data) == [ULIDS[1]]


def test_a_stretch_chooses_the_blocks_that_reach_into_it(origin: Origin, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for number in range(3):
        write(kept, ULIDS[number], NOW - (20 - 4 * number) * HOUR, NOW - (16 - 4 * number) * HOUR)

    wish = Wish(stretch=Stretch((NOW - 15 * HOUR) / 1000, (NOW - 13 * HOUR) / 1000))

    assert [step.name for step in plan(origin, kept, part(kept), wish)] == [ULIDS[1]]
    whole = plan(origin, kept, part(kept), Wish())
    assert [step.name for step in whole] == ULIDS[:3]


@pytest.mark.parametrize(
    ("versions", "reads"),
    [(("3.5.3+ds1", "2.55.1"), True), (("3.5.3", "2.53.1"), False), (("2.53.1", "3.5.3"), True)],
)
def test_blocks_of_a_later_version_that_the_live_one_cannot_read_are_refused(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, versions: tuple[str, str], reads: bool
) -> None:
    kept, (written, live) = tmp_path / "kept", versions
    write(kept, ULIDS[0], NOW - 9 * HOUR, NOW - 7 * HOUR)
    made = replace(part(kept), facts={"version": written})
    monkeypatch.setattr(Prometheus, "version", lambda _: live)
    if reads:
        assert [step.action for step in plan(origin, kept, made, Wish())] == ["create"]
    else:
        with pytest.raises(Refused, match=f"these blocks are of Prometheus {written}, and {live} is live: "):
            restore(origin, kept, made, Wish())
