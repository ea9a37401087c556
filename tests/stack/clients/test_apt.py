from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients import apt
from stack.clients.apt import Apt, Package, mirrors, read_packages
from stack.errors import CommandFailed, Refused
from tests.doubles.debian_archive import DebianArchive

if TYPE_CHECKING:
    from pathlib import Path

EXPIRED = (
    "W: something else\n"
    "E: Release file for http://debian.test/debian/dists/forky/InRelease is expired (invalid since 16d 3h)."
    " Updates for this repository will not be applied.\n"
)
NAMES = st.from_regex(r"[a-z][a-z0-9.+-]{1,20}", fullmatch=True)
VERSIONS = st.from_regex(r"([0-9]:)?[0-9]{1,3}\.[0-9]{1,3}(\+ds1)?(~rc1)?-[0-9]{1,2}", fullmatch=True)


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DebianArchive:
    made = DebianArchive()
    made.publish("prometheus", "1:3.5.3+ds1-6", {"usr/bin/prometheus": b"program"})
    monkeypatch.setattr(apt, "run", made.run)
    monkeypatch.setattr(apt, "KEYRING", tmp_path / "keyring")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    (tmp_path / "keyring").touch()
    return made


@pytest.fixture
def client(tmp_path: Path, archive: DebianArchive) -> Apt:
    made = Apt(tmp_path / "root", "forky", "amd64")
    made.update("http://debian.test/debian/")
    return made


def test_only_debians_own_archive_is_named_among_all_that_the_machine_uses(archive: DebianArchive) -> None:
    archive.indexed = (
        "http://other.test/node|Node|Node",
        "http://debian.test/debian/|Debian|Debian",
        "http://debian.test/debian/|Debian|Debian",
        "http://backports.test/|Debian|Debian Backports",
    )
    assert mirrors() == ("http://debian.test/debian/",)


def test_where_no_index_was_ever_fetched_all_that_the_machine_would_ask_are_named(
    archive: DebianArchive,
) -> None:
    archive.indexed = ()
    archive.listed = (
        "'http://debian.test/debian/dists/bookworm/InRelease' debian.test_InRelease 0 ",
        "'http://debian.test/debian/dists/bookworm/main/binary-amd64/Packages.xz' debian.test_Packages 0 ",
        "'http://other.test/flat/InRelease' other_InRelease 0 ",
        "'http://debian.test/security/dists/bookworm-security/InRelease' security_InRelease 0 ",
    )
    assert mirrors() == ("http://debian.test/debian/", "http://debian.test/security/")


def test_a_machine_without_apt_names_none(archive: DebianArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert mirrors() == ()
    assert not archive.calls


def test_the_private_root_leaves_the_machines_own_settings_in_force(
    client: Apt, archive: DebianArchive
) -> None:
    (call,) = archive.calls
    settings = [word.partition("=")[0] for word in call if "=" in word]
    assert not {"Dir", "Dir::Etc", "Dir::Etc::Parts", "Acquire::Check-Valid-Until"} & set(settings)
    folders = [word.partition("=")[2] for word in call if word.startswith(("Dir::State", "Dir::Cache"))]
    assert folders
    assert all(folder.startswith(str(client.root)) for folder in folders)
    assert client._sources.stat().st_mode & 0o777 == 0o600
    assert "Signed-By: " in client._sources.read_text()


def test_an_index_past_its_date_is_told_in_apts_own_words(client: Apt, archive: DebianArchive) -> None:
    archive.refusing["http://old.test/"] = EXPIRED
    with pytest.raises(
        CommandFailed, match=r"ended with 100: Release file for \S+ is expired \(invalid since"
    ):
        client.update("http://old.test/")


def test_without_debians_keyring_nothing_is_fetched(client: Apt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "KEYRING", client.root / "missing")
    with pytest.raises(Refused, match="missing is missing; install debian-archive-keyring"):
        client.update("http://debian.test/debian/")


def test_packages_are_downloaded_once_and_a_damaged_one_of_the_same_size_again(
    client: Apt, archive: DebianArchive
) -> None:
    packages = client.packages(["prometheus", "unknown"])
    assert set(packages) == {"prometheus"}
    (file,) = client.download([*packages.values()]).values()
    whole = file.read_bytes()
    client.download([*packages.values()])
    assert archive.count("download") == 1
    assert client.fetched([*packages.values()]) == len(whole)

    file.write_bytes(whole[::-1])
    client.download([*packages.values()])
    assert archive.count("download") == 2
    assert file.read_bytes() == whole


def test_a_package_that_is_not_what_the_index_says_is_refused_and_removed(
    client: Apt, archive: DebianArchive
) -> None:
    archive.damaged = {"prometheus"}
    package = client.packages(["prometheus"])["prometheus"]
    with pytest.raises(Refused, match="is not what the archive's index says; it was removed"):
        client.download([package])
    assert not (client.archives / package.file).exists()


@given(st.lists(st.tuples(NAMES, VERSIONS, st.integers(0, 10**9)), max_size=4))
def test_every_stanza_of_the_index_is_read(entries: list[tuple[str, str, int]]) -> None:
    made = [
        Package(name, version, f"{name}_{version.replace(':', '%3a')}_amd64.deb", size, _digest(name))
        for name, version, size in entries
    ]
    text = "\n".join(
        f"Package: {each.name}\nArchitecture: amd64\nVersion: {each.version}\n"
        f"Filename: pool/x.deb\nSize: {each.size}\nSHA256: {each.sha256}\n"
        "Description: some\n lines: more\n"
        for each in made
    )
    assert read_packages(text) == made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
