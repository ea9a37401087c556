from __future__ import annotations

import io
import resource
import string
import tarfile
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.errors import Refused
from stack.sources._archive import check, read_digest, unpack
from tests.doubles.release_server import archive

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=30)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


def packed(*members: tarfile.TarInfo) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return whole.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, 5 if kind == tarfile.REGTYPE else 0
    return info


EVIL = [
    member("top/../../outside"),
    member("top/link", tarfile.SYMTYPE, "../../outside"),
    member("top/link", tarfile.SYMTYPE, "/etc/passwd"),
    member("top/device", tarfile.CHRTYPE),
]


@given(
    listed=st.dictionaries(NAMES, DIGESTS, min_size=1, max_size=5),
    mark=st.sampled_from(["  ", " *", "  ./", "\t"]),
)
def test_every_file_is_found_in_a_list_however_it_is_written_and_no_other(
    listed: dict[str, str], mark: str
) -> None:
    text = "\n".join(f"{digest.upper()}{mark}{name}" for name, digest in listed.items())
    assert {name: read_digest(text, name) for name in listed} == listed
    assert not read_digest(text, "no such file")


@given(DIGESTS)
def test_a_text_that_is_but_one_digest_is_of_any_file(digest: str) -> None:
    assert read_digest(f"{digest}\n", "grafana_13.2.1_1_linux_amd64.tar.gz") == digest


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_a_list(text: str) -> None:
    assert isinstance(read_digest(text, "file"), str)


def test_a_file_with_another_digest_is_removed_and_both_are_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"other")
    with pytest.raises(
        Refused, match="file has sha256 d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3"
    ):
        check(file, "sha256", "0" * 64, "the list")
    assert not file.exists()


@pytest.mark.parametrize("filters", [True, False])
def test_an_archive_gives_its_top_folder_with_programs_that_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filters: bool
) -> None:
    if not filters:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    (tmp_path / "a.tar.gz").write_bytes(archive("top", {"program": b"#!", "bin/other": b"#!"}))
    top = unpack(tmp_path / "a.tar.gz", tmp_path / "root")
    assert top == tmp_path / "root/top"
    assert [(top / name).stat().st_mode & 0o777 for name in ("program", "bin/other")] == [0o755, 0o755]


@pytest.mark.parametrize("filters", [True, False])
@pytest.mark.parametrize("evil", EVIL, ids=["dots", "link out", "absolute link", "device"])
def test_an_archive_that_reaches_outside_is_refused_and_writes_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evil: tarfile.TarInfo, filters: bool
) -> None:
    if not filters:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    (tmp_path / "evil.tar.gz").write_bytes(packed(member("top/fine"), evil))
    with pytest.raises(Refused, match=r"evil\.tar\.gz cannot be unpacked: "):
        unpack(tmp_path / "evil.tar.gz", tmp_path / "root")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_an_archive_that_is_cut_off_is_one_line(tmp_path: Path, share: float) -> None:
    whole = archive("top", {"program": Random(7).randbytes(50_000)})
    (tmp_path / "cut.tar.gz").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Refused, match=r"^cut\.tar\.gz cannot be unpacked: [^\n]+$"):
        unpack(tmp_path / "cut.tar.gz", tmp_path / "root")


def test_a_disk_that_takes_no_more_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(archive("top", {"program": b"x" * 500_000}))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            unpack(tmp_path / "a.tar.gz", tmp_path / "root")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
