"""Works on the volumes of an environment from inside a container, told what to do line by line.

It is started by a deploy with the volumes mounted, takes one JSON document a line from its standard input and
answers each with one line, and ends when its input does: a deployer that is killed takes it along, and the
kernel frees the lock that it holds. The engine may be on another machine, and nothing of this one is mounted.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from stack.errors import StackError
from stack.runtimes.layout import Layout
from stack.runtimes.lock import alone
from stack.runtimes.shelf import Shelf
from stack.runtimes.store import FolderStore, inner
from stack.tree import Tree, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["GIVEN", "ROOT", "VAULT", "Keeper", "packed", "serve", "unpacked"]

ROOT = "/monitoring"
"""Where the volume of releases is mounted, with those of the services' state below it."""

VAULT = "/vault"
"""Where the volume with every secret is mounted; no service sees it."""

GIVEN = "/given"
"""Where each service's own volume of secrets is mounted, by the service's name."""


def packed(files: Mapping[str, bytes]) -> dict[str, str]:
    """Write files down as JSON can hold them."""
    return {path: base64.b64encode(data).decode() for path, data in files.items()}


def unpacked(files: Mapping[str, str]) -> dict[str, bytes]:
    """Read files as JSON has held them."""
    return {path: base64.b64decode(data) for path, data in files.items()}


@dataclass
class Keeper:
    """What can be asked for; each method is one kind of line.

    Args:
        root: the folder of releases.
        vault: the folder of every secret.
        given: the folder of the services' own secrets.
    """

    root: Path = Path(ROOT)
    vault: Path = Path(VAULT)
    given: Path = Path(GIVEN)
    _held: list[IO[bytes]] = field(default_factory=list)

    @property
    def shelf(self) -> Shelf:
        """The releases."""
        return Shelf(Layout(self.root))

    def live(self) -> dict[str, Any]:
        """Give what was made live."""
        live = self.shelf.live()
        files = packed(live.tree.files) if live.tree else None
        return {
            "release": live.release,
            "state": live.state.value,
            "activated_at": live.activated_at,
            "files": files,
        }

    def releases(self) -> list[tuple[str, float, bool]]:
        """List kept releases."""
        return list(self.shelf.releases())

    def kept(self, release: str) -> dict[str, str]:
        """Give the files of a kept release."""
        return packed(self.shelf.kept(release).files)

    def publish(self, release: str, files: Mapping[str, str]) -> None:
        """Write a release."""
        self.shelf.publish(release, Tree(unpacked(files)))

    def begin(self, release: str) -> None:
        """Let the link point to a release."""
        self.shelf.begin(release)

    def lay_watched(self, service: str, files: Mapping[str, str]) -> None:
        """Put what a server watches at its fixed place."""
        self.shelf.lay_watched(service, unpacked(files))

    def end(self) -> None:
        """Note that the services have taken the live release."""
        self.shelf.end()

    def prove(self, release: str) -> None:
        """Note that the live release passed its smoke test."""
        self.shelf.prove(release)

    def lock(self, holder: str) -> str | None:
        """Hold the environment's lock until the end, or say who does."""
        file = (self.root / "lock").open("ab+", buffering=0)
        if not alone(file):
            with file:
                file.seek(0)
                return file.read().decode() or "it has not said which"
        with suppress(OSError):  # on a full disk nobody is told who holds it, and it is held all the same
            file.truncate(0)
            file.write(holder.encode())
        self._held.append(file)
        return None

    def prepare(self, folders: Iterable[str], owners: Mapping[str, int], links: Mapping[str, str]) -> None:
        """Make folders and links, and give each service's state to its user where it belongs to another.

        Args:
            folders: folders below the root.
            owners: the user of a folder below the root, by its path.
            links: where symbolic links below the root lead, by their path.
        """
        for folder in folders:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        for folder, user in owners.items():
            _give(self.root / folder, user)
        for link, target in links.items():
            _link(self.root / link, target)

    def secrets(self) -> dict[str, str]:
        """Give every secret that is kept."""
        # A deploy that was cut off may have made other volumes and not yet this one.
        return packed({path.name: path.read_bytes() for path in self.vault.glob("*") if path.is_file()})

    def keep_secrets(self, files: Mapping[str, str]) -> None:
        """Keep secrets for later deploys, also from other machines."""
        for name, data in unpacked(files).items():
            write_atomically(self.vault / name, data, mode=0o600)

    def give_secrets(self, service: str, files: Mapping[str, str], user: int) -> None:
        """Let a service have exactly these secrets, which nobody but its user can read."""
        folder, wanted = self.given / service, unpacked(files)
        for name, data in wanted.items():
            if not (folder / name).is_file() or (folder / name).read_bytes() != data:
                write_atomically(folder / name, data, mode=0o400)
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink()
        folder.chmod(0o500)
        _give(folder, user)

    def read(self, path: str) -> str | None:
        """Give a file below the root, None where there is none."""
        file = self.root / path
        return base64.b64encode(file.read_bytes()).decode() if file.is_file() else None

    def write(self, path: str, data: str) -> None:
        """Replace a file below the root."""
        write_atomically(self.root / path, base64.b64decode(data))

    def names(self, folder: str) -> list[str]:
        """Name what lies in a folder below the root."""
        return list(FolderStore(self.root).names(folder))

    def digests(self, folder: str) -> dict[str, str]:
        """Give the SHA-256 of every file in a folder below the root."""
        return dict(FolderStore(self.root).digests(folder))

    def move(self, path: str, to: str) -> None:
        """Give a file or folder below the root another name."""
        FolderStore(self.root).move(path, to)

    def drop(self, path: str) -> None:
        """Remove a file or folder below the root."""
        FolderStore(self.root).remove(path)

    def own(self, path: str, like: str) -> None:
        """Give a file or folder below the root to whom another one belongs."""
        _give(inner(self.root, path), inner(self.root, like).stat().st_uid)

    def make(self, folder: str, like: str) -> None:
        """Make a folder below the root where there is none, for whom another one belongs to."""
        inner(self.root, folder).mkdir(parents=True, exist_ok=True)
        self.own(folder, like)


def _link(place: Path, target: str) -> None:
    """Let a link lead somewhere, unless it does already: a service may be reading by it."""
    if not place.is_symlink() or str(place.readlink()) != target:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)


def _give(folder: Path, user: int) -> None:
    """Change who owns a folder and all in it, unless that is so already."""
    places = [folder, *folder.rglob("*")]
    for place in places:
        if place.lstat().st_uid != user:
            os.chown(place, user, user, follow_symlinks=False)


def serve(keeper: Keeper, asked: Iterable[str], told: IO[str]) -> None:
    """Answer each line until there are no more; half of one is all that a deployer said before it was killed.

    A line is `{"ask": METHOD, "with": {...}}`; the answer is `{"gave": VALUE}` or `{"failed": TEXT}`,
    with `missing` where something is not kept, with `errno` and `file` where the machine refused.
    """
    for line in asked:
        if not line.endswith("\n"):
            return
        told.write(json.dumps(_answer(keeper, json.loads(line))) + "\n")
        told.flush()


def _answer(keeper: Keeper, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"gave": getattr(keeper, asked["ask"])(**asked["with"])}
    except StackError as error:
        return {"failed": str(error), "missing": True}
    except OSError as error:
        return {"failed": error.strerror or str(error), "errno": error.errno, "file": error.filename}


if __name__ == "__main__":
    os.umask(0o022)
    serve(Keeper(), sys.stdin, sys.stdout)
