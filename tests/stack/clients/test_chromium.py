"""The browser's door: what it is started with, and one clear line where there is no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.chromium import Chromium, chromium
from stack.errors import CommandFailed

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, script: str) -> Chromium:
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Chromium(path)


def test_it_is_found_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = program(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium() == made

    made.program.rename(tmp_path / "firefox")
    assert chromium() is None


DRAW = 'for word; do case $word in --screenshot=*) echo "$@" > "${word#*=}";; esac; done'


@pytest.mark.parametrize(("user", "sandbox"), [(0, True), (1000, False)])
def test_the_picture_is_of_the_page_in_the_size_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, sandbox: bool
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    picture = tmp_path / "page.png"
    program(tmp_path, DRAW).shoot(tmp_path / "page.html", picture, width=800, height=600, settle=1.5)
    told = picture.read_text().split()

    assert {"--headless", "--window-size=800,600", "--virtual-time-budget=1500"} <= set(told)
    assert ("--no-sandbox" in told) is sandbox
    assert told[-1] == f"file://{tmp_path}/page.html"


def test_an_address_stays_what_it_is(tmp_path: Path) -> None:
    program(tmp_path, DRAW).shoot("http://127.0.0.1:1/d/x?kiosk", tmp_path / "a.png")

    assert (tmp_path / "a.png").read_text().split()[-1] == "http://127.0.0.1:1/d/x?kiosk"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo no display >&2; exit 3", "chromium ended with 3: no display"),
        ("echo oh", "chromium ended with 0: oh"),
        ("true", "chromium ended with 0: no picture, and not a word"),
        ("sleep 5", "no end after 0 s"),
    ],
)
def test_where_there_is_no_picture_it_says_why_and_keeps_no_old_one(
    tmp_path: Path, script: str, said: str
) -> None:
    picture = tmp_path / "page.png"
    picture.write_text("old")
    with pytest.raises(CommandFailed, match=said):
        program(tmp_path, script).shoot("about:blank", picture, timeout=0.3)
    assert not picture.exists()
