"""What a Grafana shows beside what was rendered for it: what is missing, another, or nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.clients.grafana import differences
from stack.clients.grafana.migration import differences_at_heart, is_migrated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.grafana import Grafana, Live, Save
    from stack.clients.grafana.differences import Difference

__all__ = ["Edit", "Shown", "edits", "shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is shown in our folder, beside what was rendered for it.

    Args:
        rendered: each rendered model, by the name of its file.
        live: each live dashboard of our folder, by uid.
    """

    rendered: Mapping[str, Mapping[str, Any]]
    live: Mapping[str, Live]

    @property
    def missing(self) -> tuple[str, ...]:
        """The files of which nothing is shown in the folder."""
        return tuple(file for file, model in self.rendered.items() if model.get("uid") not in self.live)

    @property
    def left_over(self) -> tuple[Live, ...]:
        """What came from a file that is no longer rendered."""
        return tuple(live for live in self._others() if live.file)

    @property
    def strangers(self) -> tuple[Live, ...]:
        """What somebody has made in the folder, and no file has."""
        return tuple(live for live in self._others() if not live.file)

    @property
    def pairs(self) -> Iterator[tuple[str, Mapping[str, Any], Live]]:
        """Each file that is shown: its name, its rendered model, and what is shown."""
        for file, model in self.rendered.items():
            live = self.live.get(str(model.get("uid")))
            if live:
                yield file, model, live

    def other(self) -> Iterator[tuple[str, Difference]]:
        """Yield what is shown otherwise than it was rendered; of what the server has migrated, its heart."""
        for file, model, live in self.pairs:
            compare = differences_at_heart if is_migrated(model, live.model) else differences
            yield from ((file, found) for found in compare(model, live.model))

    def _others(self) -> Iterator[Live]:
        ours = {str(model.get("uid")) for model in self.rendered.values()}
        return (live for uid, live in self.live.items() if uid not in ours)


@dataclass(frozen=True, slots=True)
class Edit:
    """A dashboard that is not as its file was rendered.

    Args:
        file: the name of its rendered file.
        live: it as it is shown now.
        differences: what is not as it was rendered.
        saves: who saved it since its file was read, the newest first.
        unread: whether nobody did: the server itself saved last, and has not taken the file as it is now. So
            it is after a deploy that was cut off, and where the folder has lost its permission to write.
    """

    file: str
    live: Live
    differences: tuple[Difference, ...]
    saves: tuple[Save, ...]
    unread: bool = False

    @property
    def stem(self) -> str:
        """The stem of its file, or of the file that it may become."""
        return self.file.removesuffix(".json")


def shown(grafana: Grafana, rendered: Mapping[str, Mapping[str, Any]], folder: str) -> Shown:
    """Look at all that a Grafana shows in a folder.

    Raises:
        HttpFailed: it does not answer.
    """
    return Shown(rendered, {live.uid: live for live in grafana.inside(folder)})


def edits(grafana: Grafana, found: Shown) -> Iterator[Edit]:
    """Yield what is not as rendered, and who edited it; not what a server has only brought to a newer schema.

    Raises:
        HttpFailed: it does not answer.
    """
    for file, model, live in found.pairs:
        differing = differences(model, live.model)
        history = grafana.saves(live.uid) if differing else ()
        saves = _by_people(history)
        if differing and not saves and is_migrated(model, live.model):
            differing = differences_at_heart(model, live.model)
        if differing:
            yield Edit(file, live, tuple(differing), saves, unread=bool(history) and not saves)


def _by_people(saves: tuple[Save, ...]) -> tuple[Save, ...]:
    """Give the saves since a file was read last: the server itself saved then."""
    read = next((number for number, save in enumerate(saves) if not save.by), len(saves))
    return saves[:read]
