"""What a keeper says is read from the engine's frames, however they are cut."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from stack.errors import EngineRefused, NothingKept
from stack.runtimes.line import Line
from stack.runtimes.volumes import Volumes

if TYPE_CHECKING:
    from collections.abc import Iterator


def frame(kind: int, data: bytes) -> bytes:
    return bytes([kind, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


@pytest.fixture
def pair() -> Iterator[tuple[Line, socket.socket]]:
    near, far = socket.socketpair()
    line = object.__new__(Line)  # its first half starts a container
    line._raw, line._said = near, b""
    with near, far:
        yield line, far


def test_a_line_may_be_cut_into_frames_and_two_may_be_in_one(pair: tuple[Line, socket.socket]) -> None:
    line, far = pair
    far.sendall(
        frame(1, b'{"ga') + frame(2, b"a warning\n") + frame(1, b've": 1}\n{"gave"') + frame(1, b": 2}\n")
    )
    assert [line.ask({}), line.ask({})] == [{"gave": 1}, {"gave": 2}]


def test_what_is_asked_is_one_line(pair: tuple[Line, socket.socket]) -> None:
    line, far = pair
    far.sendall(frame(1, b'{"gave": null}\n'))
    line.ask({"ask": "write", "with": {"data": "a\nb"}})
    assert json.loads(far.recv(4096)) == {"ask": "write", "with": {"data": "a\nb"}}


def test_a_keeper_that_dies_is_quoted_with_its_last_words(pair: tuple[Line, socket.socket]) -> None:
    line, far = pair
    far.sendall(frame(1, b'{"half') + frame(2, b"Traceback\n  File\nMemoryError: out\n"))
    far.close()
    with pytest.raises(EngineRefused, match="cannot work on the volumes: MemoryError: out"):
        line._next_line()


def test_a_frame_that_is_cut_off_is_no_answer(pair: tuple[Line, socket.socket]) -> None:
    line, far = pair
    far.sendall(frame(1, b'{"gave": 1}\n')[:-4])
    far.close()
    with pytest.raises(EngineRefused, match="it ended without a word"):
        line._next_line()


def test_what_is_missing_and_what_failed_are_errors_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    full = {"failed": "disk full", "errno": 28, "file": "/x"}
    said: list[dict[str, Any]] = [{"failed": "not kept", "missing": True}, full]

    class Answers:
        def ask(self, document: object) -> dict[str, Any]:
            del document
            return said.pop(0)

    volumes = Volumes(None, "p", lambda: "i")  # type: ignore[arg-type] # no engine is asked
    monkeypatch.setattr(volumes, "_line", Answers())
    with pytest.raises(NothingKept, match="not kept"):
        volumes.kept("r")
    with pytest.raises(OSError, match="disk full: '/x'") as caught:
        volumes.end()
    assert caught.value.errno == 28, "by which the boundary tells it from a bug"
