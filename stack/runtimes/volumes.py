"""The volumes of an environment, worked on by a container that holds them; see `stack/runtimes/keeper.py`."""

from __future__ import annotations

from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from stack.clients.docker import answered
from stack.errors import EngineRefused, NothingKept
from stack.runtimes.keeper import GIVEN, ROOT, VAULT, packed, unpacked
from stack.runtimes.line import Line
from stack.runtimes.protocol import Live, State
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from docker import DockerClient

__all__ = ["Volumes"]

LABEL = "monitoring.environment"
DATA, SECRETS = "data-", "secrets-"


class Volumes:
    """All that an environment keeps, on the engine's machine.

    Args:
        engine: the engine.
        project: the name of the environment there.
        image: names our own image, in which the keeper runs, and sees to it that it is there.
    """

    def __init__(self, engine: DockerClient, project: str, image: Callable[[], str]) -> None:
        self._engine = engine
        self._project = project
        self._image = image
        self._mounted: frozenset[str] = frozenset()
        self._line: Line | None = None
        self._holder = ""
        self._turn = Lock()

    def exist(self) -> bool:
        """Say whether there is any."""
        return self._line is not None or bool(self._known())

    def need(self, names: Iterable[str]) -> None:
        """Make the volumes that are not there, and hold them all from now on."""
        wanted = frozenset(names)
        if self._line and wanted <= self._mounted and self._line.image == self._image():
            return
        for name in sorted(wanted - self._known()):
            with answered(f"make volume {self._project}_{name}"):
                self._engine.volumes.create(f"{self._project}_{name}", labels={LABEL: self._project})
        self._hang_up()

    def remove(self, *, keep_data: bool) -> None:
        """Remove every volume, those with state and secrets only where asked."""
        self.close()
        for name in sorted(self._known()):
            if not (keep_data and name.startswith((DATA, "vault"))):
                with answered(f"remove volume {self._project}_{name}"):
                    self._engine.volumes.get(f"{self._project}_{name}").remove()

    def close(self) -> None:
        """Let the volumes go, and the lock with them."""
        self._holder = ""
        self._hang_up()

    def live(self) -> Live:
        """Say what was made live, and how far that came."""
        told = self._ask("live")
        tree = Tree(unpacked(told["files"])) if told["files"] is not None else None
        return Live(told["release"], State(told["state"]), told["activated_at"], {}, tree)

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        """List kept releases, the newest activation first."""
        return tuple((name, at, proved) for name, at, proved in self._ask("releases"))

    def kept(self, release: str) -> Tree:
        """Give the files of a kept release.

        Raises:
            NothingKept: there is no such release.
        """
        return Tree(unpacked(self._ask("kept", release=release)))

    def publish(self, release: str, tree: Tree) -> None:
        """Write a release."""
        self._ask("publish", release=release, files=packed(tree.files))

    def begin(self, release: str) -> None:
        """Note that the activation of a release begins, and let the link point to it."""
        self._ask("begin", release=release)

    def lay_watched(self, service: str, files: Mapping[str, bytes]) -> None:
        """Put what a server watches at its fixed place."""
        self._ask("lay_watched", service=service, files=packed(files))

    def end(self) -> None:
        """Note that the live release's services have taken it."""
        self._ask("end")

    def prove(self, release: str) -> None:
        """Note that the live release passed its smoke test, and forget the oldest ones."""
        self._ask("prove", release=release)

    def lock(self, holder: str) -> str | None:
        """Hold the environment's lock while the volumes are held, or say who does."""
        told: str | None = self._ask("lock", holder=holder)
        self._holder = "" if told else holder
        return told

    def prepare(self, folders: Iterable[str], owners: Mapping[str, int], links: Mapping[str, str]) -> None:
        """Make folders and links, and give each service's state to its user."""
        self._ask("prepare", folders=list(folders), owners=dict(owners), links=dict(links))

    def secrets(self) -> dict[str, bytes]:
        """Give every secret that is kept."""
        return unpacked(self._ask("secrets"))

    def keep_secrets(self, files: Mapping[str, bytes]) -> None:
        """Keep secrets for later deploys, also from other machines."""
        self._ask("keep_secrets", files=packed(files))

    def give_secrets(self, service: str, files: Mapping[str, bytes], user: int) -> None:
        """Let a service have exactly these secrets."""
        self._ask("give_secrets", service=service, files=packed(files), user=user)

    def read(self, path: str) -> bytes | None:
        """Give a file below the root, None where there is none."""
        told = self._ask("read", path=path)
        return None if told is None else unpacked({"": told})[""]

    def write(self, path: str, data: bytes) -> None:
        """Replace a file below the root."""
        self._ask("write", path=path, data=packed({"": data})[""])

    def names(self, folder: str) -> list[str]:
        """Name what lies in a folder below the root."""
        found: list[str] = self._ask("names", folder=folder)
        return found

    def digests(self, folder: str) -> dict[str, str]:
        """Give the SHA-256 of every file in a folder below the root, by its path there."""
        found: dict[str, str] = self._ask("digests", folder=folder)
        return found

    def move(self, path: str, to: str) -> None:
        """Give a file or folder below the root another name."""
        self._ask("move", path=path, to=to)

    def drop(self, path: str) -> None:
        """Remove a file or folder below the root."""
        self._ask("drop", path=path)

    def own(self, path: str, *, like: str) -> None:
        """Give a file or folder below the root to whom another one belongs."""
        self._ask("own", path=path, like=like)

    def make(self, folder: str, *, like: str) -> None:
        """Make a folder below the root where there is none, for whom another one belongs to."""
        self._ask("make", folder=folder, like=like)

    def archive(self, path: str) -> Iterator[bytes]:
        """Give a file or folder below the root as the pieces of a tar archive."""
        with self._turn:
            chunks, _ = self._engine.api.get_archive(self._keeper().container, f"{ROOT}/{path}")
        yield from chunks

    def unpack(self, folder: str, archive: IO[bytes]) -> None:
        """Lay what is in a tar archive into a folder below the root."""
        with self._turn:
            self._engine.api.put_archive(self._keeper().container, f"{ROOT}/{folder}", archive)

    def _known(self) -> frozenset[str]:
        with answered("list volumes"):
            found = self._engine.volumes.list(filters={"label": f"{LABEL}={self._project}"})
        return frozenset(str(volume.name).removeprefix(f"{self._project}_") for volume in found)

    def _ask(self, what: str, **given: Any) -> Any:
        with self._turn:
            told = self._keeper().ask({"ask": what, "with": given})
        if told.get("missing"):
            raise NothingKept(message=told["failed"])
        if "failed" in told:
            raise OSError(told["errno"], told["failed"], told["file"])
        return told["gave"]

    def _keeper(self) -> Line:
        """Give the keeper; one that takes another's place holds the lock that it held."""
        if self._line is None:
            self._mounted = self._known()
            self._line = Line(self._engine, self._image(), self._binds())
            if self._holder and (other := self._line.ask(_locking(self._holder)).get("gave")):
                self._hang_up()
                raise EngineRefused(what="keep the environment's lock", message=f"{other} has taken it")
        return self._line

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
        self._line, self._mounted = None, frozenset()

    def _binds(self) -> dict[str, dict[str, str]]:
        return {
            f"{self._project}_{name}": {"bind": _place(name), "mode": "rw"} for name in sorted(self._mounted)
        }


def _locking(holder: str) -> dict[str, Any]:
    return {"ask": "lock", "with": {"holder": holder}}


def _place(name: str) -> str:
    if name.startswith(DATA):
        return f"{ROOT}/data/{name.removeprefix(DATA)}"
    if name.startswith(SECRETS):
        return f"{GIVEN}/{name.removeprefix(SECRETS)}"
    return {"vault": VAULT, "release": ROOT}.get(name, f"{ROOT}/{name}")
