"""What real programs of this machine need, and what a damaged one says."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.command import run
from stack.errors import Refused
from stack.imaging.elf import is_elf, needs
from stack.imaging.layer import executable, plain
from stack.imaging.needs import refuse_unmet

TRUE = Path(os.path.realpath(shutil.which("true") or "/bin/true"))


def libc() -> Path:
    said = run(["ldd", TRUE]).stdout.splitlines()
    return next(Path(line.split()[2]) for line in said if "libc.so.6" in line)


def test_a_program_has_a_loader_and_libraries() -> None:
    found = needs(TRUE.read_bytes())

    assert found.loader.startswith("/lib")
    assert "libc.so.6" in found.libraries


def test_a_library_has_no_loader_of_its_own_but_needs_one() -> None:
    assert any(name.startswith("ld-linux") for name in needs(libc().read_bytes()).libraries)


def test_a_script_is_none() -> None:
    assert not is_elf(b"#!/bin/sh\n")


@given(st.integers(20, 4000))
def test_one_that_is_cut_off_is_said_to_be_damaged_or_reads_as_less(length: int) -> None:
    data = TRUE.read_bytes()[:length]
    try:
        needs(data)
    except ValueError as error:
        assert str(error)  # noqa: PT017 # any other kind of error fails


def test_a_layer_whose_libraries_are_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tool").write_bytes(TRUE.read_bytes())
    entries = {"usr/bin/tool": executable(tmp_path / "tool"), "text": plain(b"x")}
    loader = Path(needs(TRUE.read_bytes()).loader).name

    refuse_unmet(entries, {f"lib64/{loader}", "usr/lib/libc.so.6"})
    with pytest.raises(Refused, match=r"^/usr/bin/tool needs libc.so.6, which is in no package"):
        refuse_unmet(entries, {f"lib64/{loader}"})
    with pytest.raises(Refused, match=f"needs {loader}"):
        refuse_unmet(entries, {"usr/lib/libc.so.6"})
