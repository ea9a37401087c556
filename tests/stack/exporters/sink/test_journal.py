from __future__ import annotations

import resource
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.errors import StackError
from stack.exporters.sink.journal import LONGEST, Journal
from stack.exporters.sink.notification import Notification
from stack.exporters.sink.store import KEPT, Store

if TYPE_CHECKING:
    from collections.abc import Iterator


def _notification(number: int, text: str = "") -> Notification:
    return Notification(
        arrived=float(number),
        receiver="team",
        protocol="webhook",
        status="firing",
        alerts=("Down", text),
        envs=("test",),
        payload={"text": text},
    )


@contextmanager
def _full_disk(bytes_left: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: the kernel cuts the write, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@given(
    texts=st.lists(st.text(), min_size=1, max_size=5),
    garbage=st.binary(max_size=30),
    data=st.data(),
)
def test_a_file_cut_anywhere_keeps_its_whole_lines_and_takes_more(
    texts: list[str], garbage: bytes, data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "store.jsonl")
        journal, sent = Journal(path), [_notification(at, text) for at, text in enumerate(texts)]
        for one in sent:
            journal.add(one, sent)
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut] + garbage.replace(b"\n", b""))

        store = Store(Journal(path))
        found = store.notifications()
        assert found == sent[: len(found)]
        assert len(found) >= whole[:cut].count(b"\n")
        store.keep(_notification(99))
        assert Store(Journal(path)).notifications() == [*found, _notification(99)]


def test_a_long_file_is_written_anew_with_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "new folder/store.jsonl"
    store = Store(Journal(path))
    longest = 0
    for number in range(LONGEST + 10):
        store.keep(_notification(number))
        longest = max(longest, path.read_bytes().count(b"\n"))

    assert longest == LONGEST
    assert path.read_bytes().count(b"\n") == KEPT + 9
    kept = Store(Journal(path)).notifications()
    assert kept == store.notifications() == [_notification(10 + KEPT + at) for at in range(KEPT)]


def test_a_file_that_is_found_too_long_is_written_anew_by_the_next_notification(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    Store(Journal(path)).keep(_notification(1))
    path.write_bytes(path.read_bytes() * (LONGEST + 500))
    Store(Journal(path)).keep(_notification(2))

    assert path.read_bytes().count(b"\n") == KEPT


def test_a_full_disk_loses_nothing_of_what_is_kept_once_there_is_room_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "store.jsonl"
    store = Store(Journal(path))
    store.keep(_notification(1))
    with _full_disk(path.stat().st_size + 20):
        store.keep(_notification(2))
        assert path.read_bytes().count(b"\n") == 1
        store.keep(_notification(3))
    assert [one.arrived for one in store.notifications()] == [1, 2, 3]
    assert store.failures == 2
    assert capsys.readouterr().err == f"cannot write the store {path}: File too large\n" * 2
    assert Store(Journal(path)).notifications() == [_notification(1)]

    store.keep(_notification(4))
    assert Store(Journal(path)).notifications() == [_notification(number) for number in (1, 2, 3, 4)]
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    store = Store(Journal(path))
    store.keep(_notification(1))
    store.clear()

    assert (store.notifications(), path.read_bytes()) == ([], b"")
    assert store.counts() == {("team", "firing", "webhook"): 1}


@pytest.mark.parametrize("line", ["[]", "7", "{}", '{"arrived": 1}', "null"])
def test_a_line_that_is_no_notification_is_left_out_and_removed(line: str, tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    path.write_text(line + "\n")
    store = Store(Journal(path))

    assert store.notifications() == []
    store.keep(_notification(1))
    assert path.read_bytes().count(b"\n") == 1


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"cannot read the store .*: Is a directory"):
        Store(Journal(tmp_path))
