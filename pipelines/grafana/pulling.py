"""Takes an edit over into the file that it belongs to, where that can be done without losing anything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.grafana.risk import still_lost
from stack.clients.grafana import differences
from stack.clients.grafana.cleaning import cleaned
from stack.dashboards.live import Edit
from stack.dashboards.merging import Clash, taken_over
from stack.dashboards.writing import written_like
from stack.emit import to_json
from stack.places import shown
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack.clients.grafana import Live
    from stack.dashboards.reading import Dashboard

__all__ = ["Pulled", "Puller", "slug"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of one edit.

    Args:
        name: the file's stem.
        path: the file that has it now, or is to be changed by hand.
        result: `written`, `new`, `same`, `by hand` or `clash`.
        lines: what it is about.
    """

    name: str
    path: Path
    result: str
    lines: tuple[str, ...] = ()

    @property
    def is_left(self) -> bool:
        """Whether something is left to do for whoever pulls."""
        return self.result in {"by hand", "clash"}


@dataclass(frozen=True, slots=True)
class Puller:
    """Knows the files of all dashboards.

    Args:
        files: each dashboard that there is a file for, by its stem.
        rendered: each model as it was rendered for what is live, by the name of its rendered file.
        folder: where a new file goes.
        aside: where the model goes that a Python file has to be brought to by hand.
    """

    files: Mapping[str, Dashboard]
    rendered: Mapping[str, Mapping[str, Any]]
    folder: Path
    aside: Path

    def pull(self, edit: Edit) -> Pulled:
        """Take one edit over."""
        file = self.files.get(edit.stem)
        if file is None:
            return self._new(edit.stem, edit.live)
        if file.path.suffix == ".json":
            return _into_json(file, self.rendered[edit.file], edit.live)
        return self._by_hand(file, edit, self.rendered[edit.file])

    def pull_stranger(self, live: Live) -> Pulled:
        """Take over what somebody has made in Grafana: into a file of its own, or that of its uid."""
        file = next((one for one in self.files.values() if one.model.get("uid") == live.uid), None)
        if file is None:
            return self._new(self._free_stem(live), live)
        if file.path.suffix == ".json":
            return _into_json(file, file.model, live)
        found = tuple(differences(file.model, live.model))
        return self._by_hand(file, Edit(f"{file.stem}.json", live, found, ()), file.model)

    def _new(self, stem: str, live: Live) -> Pulled:
        path = self.folder / f"{stem}.json"
        schema = {key: live.model[key] for key in ("schemaVersion",) if key in live.model}
        write_atomically(path, to_json(cleaned(live.model, schema)))
        return Pulled(stem, path, "new", (f"{live.title} ({live.uid})",))

    def _by_hand(self, file: Dashboard, edit: Edit, base: Mapping[str, Any]) -> Pulled:
        """Say what a Python file has to say: no program can tell which of its lines made a panel."""
        lacking = next(still_lost([edit], {edit.file: base}, {edit.file: file.model}), None)
        if lacking is None:
            return Pulled(file.stem, file.path, "same")
        write_atomically(self.aside / f"{file.stem}.json", to_json(cleaned(edit.live.model, file.model)))
        return Pulled(file.stem, file.path, "by hand", tuple(map(str, lacking.differences)))

    def _free_stem(self, live: Live) -> str:
        stem = slug(live.title) or live.uid
        return f"{stem}-{slug(live.uid)}" if stem in self.files else stem


def slug(title: str) -> str:
    """Give a title as the stem of a file: `my-own-board`."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]


def _into_json(file: Dashboard, base: Mapping[str, Any], live: Live) -> Pulled:
    text = file.path.read_text(encoding="utf-8")
    try:
        made = written_like(text, taken_over(base, file.model, live.model))
    except Clash as clash:
        said = f"{clash} was changed both in Grafana and in {shown(file.path)} since the last deploy"
        return Pulled(file.stem, file.path, "clash", (said,))
    if made == text.encode():
        return Pulled(file.stem, file.path, "same")
    found = tuple(map(str, differences(file.model, live.model)))
    write_atomically(file.path.resolve(), made)
    return Pulled(file.stem, file.path, "written", found)
