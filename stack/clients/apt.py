"""Debian's own archive through apt-get, in a private root: no root rights, nothing of the machine changed."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.errors import CommandFailed, Refused
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stack.clients.command import Completed

__all__ = ["Apt", "Package", "control", "mirrors", "read_packages", "unpack"]

PLAIN = {"LC_ALL": "C"}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = """\
Types: deb
URIs: {mirror}
Suites: {suite}
Components: main
Architectures: {architecture}
Signed-By: {keyring}
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as the archive's signed index describes it; `size` is in bytes."""

    name: str
    version: str
    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Apt:
    """apt-get with lists, archives and status of its own below one folder.

    Only single options are set, never `Dir` itself: that would cut off the machine's own settings for
    proxies, certificates and the age of an index.

    Args:
        root: the folder that everything lies in.
        suite: the Debian suite, `forky` for one.
        architecture: Debian's name of the machine's architecture.
    """

    root: Path
    suite: str
    architecture: str

    @property
    def archives(self) -> Path:
        """The folder that downloaded packages are kept in."""
        return self.root / "archives"

    def update(self, mirror: str) -> None:
        """Fetch the suite's index from a mirror; apt checks its signature with Debian's keyring.

        Raises:
            CommandFailed: with apt's own reason; an index past its date is one of them.
            Refused: the machine lacks Debian's keyring.
        """
        if not KEYRING.exists():
            raise Refused(message=f"{KEYRING} is missing; install debian-archive-keyring")
        (self.root / "lists/partial").mkdir(parents=True, exist_ok=True)
        (self.archives / "partial").mkdir(parents=True, exist_ok=True)
        (self.root / "status").touch()
        text = SOURCES.format(
            mirror=mirror, suite=self.suite, architecture=self.architecture, keyring=KEYRING
        )
        # A mirror's address may hold a password.
        write_atomically(self._sources, text.encode(), mode=0o600)
        # Without this mode a mirror that does not answer is a mere warning, with exit code 0.
        self._apt("apt-get", "-o", "APT::Update::Error-Mode=any", "update")

    def packages(self, names: Sequence[str]) -> dict[str, Package]:
        """Look packages up in the fetched index; one that the suite lacks is not in the answer."""
        argv = ["apt-cache", *self._options(), "show", "--no-all-versions", *names]
        return {package.name: package for package in read_packages(run(argv, env=PLAIN).stdout)}

    def download(self, packages: Sequence[Package]) -> dict[str, Path]:
        """Download packages, or take those already there, and check every one against the index.

        Raises:
            CommandFailed: with apt's own reason.
            Refused: a file is not what the index says; it is removed.
        """
        kept = {package.name: self.archives / package.file for package in packages}
        missing = [package for package in packages if not _matches(kept[package.name], package)]
        for package in missing:
            # apt-get takes a file of the right size as it is, whatever is in it.
            kept[package.name].unlink(missing_ok=True)
        if missing:
            words = [f"{package.name}={package.version}" for package in missing]
            self._apt("apt-get", "download", *words, cwd=self.archives)
        for package in missing:
            _check(kept[package.name], package)
        return kept

    def fetched(self, packages: Sequence[Package]) -> int:
        """Count the bytes of these packages that are here by now."""
        folders = (self.archives, self.archives / "partial")
        return sum(_size(folder / package.file) for package in packages for folder in folders)

    @property
    def _sources(self) -> Path:
        return self.root / f"{self.suite}.sources"

    def _apt(self, program: str, *words: str, cwd: Path | None = None) -> Completed:
        return _accepted(run([program, *self._options(), *words], env=PLAIN, cwd=cwd, timeout=900))

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::SourceList": self._sources,
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State": self.root,
            "Dir::State::Lists": self.root / "lists",
            "Dir::State::Status": self.root / "status",
            "Dir::Cache": self.root,
            "Dir::Cache::Archives": self.archives,
            "Dir::Log": self.root,
            "APT::Sandbox::User": "",
            "APT::Architectures::": self.architecture,
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            "APT::Get::List-Cleanup": "0",
        }
        return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def mirrors() -> tuple[str, ...]:
    """Name the Debian mirrors that apt itself uses on this machine; none where it is no Debian.

    Where no index was ever fetched, apt cannot tell whose archive stands where: then all are named, and
    the signature tells at the first use.

    Raises:
        CommandFailed: with apt's own reason.
    """
    if shutil.which("apt-get") is None:
        return ()
    words = ["--format", "$(REPO_URI)|$(ORIGIN)|$(LABEL)", "Created-By: Packages"]
    lines = _accepted(run(["apt-get", "indextargets", *words], env=PLAIN)).stdout.splitlines()
    if lines:
        named = [line.split("|") for line in lines]
        return _distinct(uri for uri, origin, label in named if origin == label == "Debian")
    listed = _accepted(run(["apt-get", "--print-uris", "update"], env=PLAIN)).stdout
    return _distinct(re.findall(r"^'(\S+?/)dists/", listed, re.MULTILINE))


def unpack(package: Path, folder: Path) -> None:
    """Unpack a package's files below a folder, which need not exist.

    Raises:
        CommandFailed: the package is damaged or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run(["dpkg-deb", "--extract", package, folder], timeout=300).checked()


def control(package: Path) -> str:
    """Give a package's description of itself, as `dpkg` keeps it of an installed one.

    Raises:
        CommandFailed: the package is damaged.
    """
    return run(["dpkg-deb", "--field", package]).checked().stdout


def read_packages(text: str) -> list[Package]:
    """Read the stanzas that `apt-cache show` prints.

    Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html
    """
    stanzas = (dict(re.findall(r"^([\w-]+): *(.*)$", part, re.MULTILINE)) for part in text.split("\n\n"))
    return [_package(fields) for fields in stanzas if "Filename" in fields]


def _package(fields: dict[str, str]) -> Package:
    # apt-get writes the colon of an epoch as %3a in the name of the file.
    version = fields["Version"].replace(":", "%3a")
    file = f"{fields['Package']}_{version}_{fields['Architecture']}.deb"
    return Package(fields["Package"], fields["Version"], file, int(fields["Size"]), fields["SHA256"])


def _matches(file: Path, package: Package) -> bool:
    if not file.is_file() or file.stat().st_size != package.size:
        return False
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == package.sha256


def _check(file: Path, package: Package) -> None:
    if not _matches(file, package):
        file.unlink(missing_ok=True)
        message = f"{package.file} is not what the archive's index says; it was removed, try again"
        raise Refused(message=message)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _accepted(done: Completed) -> Completed:
    if done.code:
        faults = [line[3:] for line in done.stderr.splitlines() if line.startswith("E: ")]
        said = faults[0] if faults else done.said.strip()[-300:] or "(nothing)"
        raise CommandFailed(program=done.argv[0], code=done.code, said=said)
    return done


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
