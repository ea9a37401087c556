"""Files of packages as they lie in an image: trimmed, below one /usr, and known to scanners."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from stack.clients import apt
from stack.errors import Refused
from stack.imaging.base import BUNDLE, base
from stack.imaging.debian import unpacked
from stack.imaging.layer import link, plain
from stack.sources import debian
from tests.doubles.debian_archive import DebianArchive
from tests.doubles.programs import Told

if TYPE_CHECKING:
    from pathlib import Path

    from stack.sources import Place

OLD = {"lib/x86_64-linux-gnu/libc.so.6": b"libc", "usr/share/doc/libc6/copyright": b"GPL"}
WASTE = {"usr/share/man/man1/x.1.gz": b"", "usr/share/doc/libc6/changelog.gz": b"", "usr/sbin/ldconfig": b""}


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DebianArchive:
    made = DebianArchive()
    made.publish("libc6", "2.36-9", OLD | WASTE)
    made.publish("python3-minimal", "3.11.2-1", {"usr/bin/python3": b"py"})
    made.publish("libpython3.11-stdlib", "3.11.2-6", {"usr/lib/python3.11/os.py": b"os"})
    for name in ("base-files", "libgcc-s1", "tzdata"):
        made.publish(name, "1", {f"usr/share/{name}": b""})
    certificates = {f"usr/share/ca-certificates/mozilla/{name}.crt": name.encode() for name in "ba"}
    made.publish("ca-certificates", "1", certificates)
    monkeypatch.setattr(apt, "run", made.run)
    monkeypatch.setattr(apt, "KEYRING", tmp_path / "keyring")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian, "architecture", lambda: "amd64")
    (tmp_path / "keyring").touch()
    return made


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Told().place(tmp_path / "cache", suite="bookworm")


def test_older_packages_lie_below_usr_as_well_and_waste_is_left_out(
    archive: DebianArchive, place: Place
) -> None:
    found = unpacked(["libc6"], ["usr/share/man/*", "*/changelog*", "usr/sbin/*"], place)

    assert found["usr/lib/x86_64-linux-gnu/libc.so.6"].data == b"libc"
    assert set(found) == {
        "usr/lib/x86_64-linux-gnu/libc.so.6",
        "usr/share/doc/libc6/copyright",
        "var/lib/dpkg/status.d/libc6",
    }


def test_the_suite_s_own_python_and_the_first_of_several_are_chosen(
    archive: DebianArchive, place: Place
) -> None:
    found = unpacked(["libpython{python}-stdlib", "libssl3t64|libc6"], [], place)

    assert {"usr/lib/python3.11/os.py", "usr/lib/x86_64-linux-gnu/libc.so.6"} <= set(found)


def test_what_the_suite_lacks_is_named(archive: DebianArchive, place: Place) -> None:
    with pytest.raises(Refused, match=r"^bookworm has no package libb or liba, which an image needs$"):
        unpacked(["libb|liba"], [], place)


def test_the_base_has_one_usr_and_all_certificates_in_one_file(archive: DebianArchive, place: Place) -> None:
    found: dict[str, Any] = base(place)

    assert found[BUNDLE] == plain(b"a\nb\n")
    assert found["lib64"] == link("usr/lib64")
    assert found["tmp"].mode == 0o1777
    assert b"nobody:x:65534:65534:" in found["etc/passwd"].data
    assert "monitoring" in found
    assert not [path for path in found if path.startswith("usr/share/ca-certificates")]
