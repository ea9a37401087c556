"""A Debian archive in memory, and the programs that speak to it as far as `stack.clients.apt` uses them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stack.clients.command import Completed
from tests.doubles.release_server import archive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["DebianArchive"]


@dataclass
class DebianArchive:
    """Answers argv as apt-get, apt-cache and dpkg-deb do.

    Args:
        indexed: the lines of `indextargets`: address, origin and label of what the machine uses.
        listed: the lines of `--print-uris update`.
        refusing: what apt-get says of a mirror that it does not get an index from.
        damaged: packages that arrive with other bytes of the same number.
    """

    indexed: tuple[str, ...] = ("http://debian.test/debian/|Debian|Debian",)
    listed: tuple[str, ...] = ()
    refusing: dict[str, str] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    packages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def publish(self, name: str, version: str, files: Mapping[str, bytes]) -> None:
        """Put a package into the suite."""
        self.packages[name] = (version, archive(".", files))

    def file(self, name: str) -> str:
        version = self.packages[name][0].replace(":", "%3a")
        return f"{name}_{version}_amd64.deb"

    def count(self, word: str) -> int:
        """Count the calls that had a word."""
        return sum(word in call for call in self.calls)

    def run(self, argv: Sequence[str | Path], *, cwd: Path | None = None, **_: object) -> Completed:
        """Stand for `stack.clients.command.run`."""
        words = tuple(map(str, argv))
        self.calls.append(words)
        if "--field" in words:
            return Completed(words, 0, f"Package: {Path(words[-1]).name.partition('_')[0]}\n", "")
        if words[0] == "dpkg-deb":
            return self._extract(Path(words[2]), Path(words[3]), words)
        verbs: dict[str, Callable[[tuple[str, ...]], Completed]]
        verbs = {"indextargets": self._index, "--print-uris": self._uris, "update": self._update}
        verbs |= {"show": self._show, "download": partial(self._download, cwd)}
        return next(verbs[word] for word in words if word in verbs)(words)

    def _index(self, words: tuple[str, ...]) -> Completed:
        return Completed(words, 0, "\n".join(self.indexed), "")

    def _uris(self, words: tuple[str, ...]) -> Completed:
        return Completed(words, 0, "\n".join(self.listed), "")

    def _update(self, words: tuple[str, ...]) -> Completed:
        sources = next(word for word in words if word.startswith("Dir::Etc::SourceList="))
        text = Path(sources.partition("=")[2]).read_text()
        said = next((said for mirror, said in self.refusing.items() if f"URIs: {mirror}\n" in text), "")
        return Completed(words, 100 if said else 0, "", said)

    def _show(self, words: tuple[str, ...]) -> Completed:
        known = [word for word in words if word in self.packages]
        return Completed(words, 0 if known else 100, "\n".join(map(self._stanza, known)), "")

    def _stanza(self, name: str) -> str:
        version, data = self.packages[name]
        return (
            f"Package: {name}\nVersion: {version}\nArchitecture: amd64\n"
            f"Description: a program\n that Filename: lies about\nFilename: pool/{self.file(name)}\n"
            f"Size: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
        )

    def _download(self, cwd: Path | None, words: tuple[str, ...]) -> Completed:
        assert cwd is not None
        for word in words[words.index("download") + 1 :]:
            name, _, version = word.partition("=")
            assert self.packages[name][0] == version
            target, data = cwd / self.file(name), self.packages[name][1]
            # As the real one: what has the right size is not looked at.
            if not target.exists() or target.stat().st_size != len(data):
                target.write_bytes(data[::-1] if name in self.damaged else data)
        return Completed(words, 0, "", "")

    def _extract(self, package: Path, folder: Path, words: tuple[str, ...]) -> Completed:
        with tarfile.open(fileobj=io.BytesIO(package.read_bytes())) as tar:
            tar.extractall(folder)
        return Completed(words, 0, "", "")
