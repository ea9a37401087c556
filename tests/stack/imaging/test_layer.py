"""A layer is the same bytes on every machine, and holds just what it was given."""

from __future__ import annotations

import hashlib
import os
import tarfile
from typing import TYPE_CHECKING

import pytest

from stack.imaging.layer import executable, folder, link, plain, read_folder, write

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_entries_make_equal_layers_whenever_and_in_what_order(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"from a file")
    entries = {
        "usr/bin/b": executable(source),
        "a": plain(b"1"),
        "bin": link("usr/bin"),
        "tmp": folder(0o1777),
    }
    first = write(entries, tmp_path / "1.tar")
    os.utime(source, (1, 1))
    second = write(dict(reversed(entries.items())), tmp_path / "2.tar")

    assert first.digest == second.digest
    assert first.digest == hashlib.sha256((tmp_path / "1.tar").read_bytes()).hexdigest()
    assert first.size == (tmp_path / "1.tar").stat().st_size


def test_everything_is_root_s_without_a_time_and_folders_come_first(tmp_path: Path) -> None:
    layer = write(
        {"usr/bin/b": executable(b"x"), "tmp": folder(0o1777), "l": link("/usr")}, tmp_path / "l.tar"
    )
    with tarfile.open(layer.path) as tar:
        members = {member.name: member for member in tar}

    assert list(members) == ["l", "tmp", "usr", "usr/bin", "usr/bin/b"]
    assert {(each.uid, each.gid, each.mtime, each.uname) for each in members.values()} == {(0, 0, 0, "")}
    assert [oct(each.mode) for each in members.values()] == ["0o777", "0o1777", "0o755", "0o755", "0o755"]
    assert members["l"].linkname == "/usr"


def test_a_folder_is_read_with_its_links_and_the_rights_to_run(tmp_path: Path) -> None:
    (tmp_path / "root/in").mkdir(parents=True)
    (tmp_path / "root/in/tool").write_bytes(b"tool")
    (tmp_path / "root/in/tool").chmod(0o700)
    (tmp_path / "root/text").write_bytes(b"text")
    (tmp_path / "root/link").symlink_to("in/tool")
    passing = dict(read_folder(tmp_path / "root", passing=True))
    lasting = dict(read_folder(tmp_path / "root", passing=False))

    assert passing == {"in/tool": executable(b"tool"), "text": plain(b"text"), "link": link("in/tool")}
    assert write(passing, tmp_path / "1").digest == write(lasting, tmp_path / "2").digest


def test_a_full_disk_is_the_machine_s_own_error() -> None:
    from pathlib import Path

    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    with pytest.raises(OSError, match="No space left"):
        write({"a": plain(b"x" * 100_000)}, Path("/dev/full"))
