"""The texts of receivers, and what Alertmanager's own template engine makes of them."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.checks._payloads import USUAL, payloads
from pipelines.core.check import ALERTMANAGER
from stack.clients.amtool import Amtool
from stack.documents import strings
from stack.emit import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.core.check import Inspection
    from stack.clients.amtool import Rendering
    from stack.documents import Steps

__all__ = ["Field", "Writer", "Written", "fields"]

BETWEEN = "\x1f{}\x1f"
"""Stands between the texts that are rendered at once."""


@dataclass(frozen=True, slots=True)
class Field:
    """A text within a receiver's integration: where it stands, and the text."""

    path: Steps
    text: str

    @property
    def kind(self) -> str:
        """What the integration is: `slack`."""
        return str(self.path[2]).removesuffix("_configs") if len(self.path) > 3 else ""

    @property
    def key(self) -> str:
        """The nearest key, in lower case since headers of mails may be written in any."""
        return next((step.lower() for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def html(self) -> bool:
        """Whether it is escaped as HTML is."""
        return self.kind == "email" and self.path[-1] == "html"

    @property
    def templated(self) -> bool:
        """Whether there is anything to render."""
        return "{{" in self.text


@dataclass(frozen=True, slots=True)
class Written:
    """What a field says in one notification, or why it cannot."""

    field: Field
    payload: str
    text: str = ""
    fault: str = ""


def fields(inspection: Inspection) -> list[Field]:
    """Give every text within the receivers."""
    leaves = (leaf for leaf in inspection.leaves(ALERTMANAGER) if leaf.path[:1] == ("receivers",))
    return [Field(leaf.path, leaf.value) for leaf in leaves if isinstance(leaf.value, str)]


@dataclass(frozen=True)
class Writer:
    """Renders texts with the notifications of an environment.

    Args:
        amtool: Alertmanager's template engine.
        globs: the configuration's own template files.
        folder: where what it needs is laid out, one data file for each notification.
        names: the notifications, the usual one first.
    """

    amtool: Amtool
    globs: tuple[str, ...]
    folder: Path
    names: tuple[str, ...] = field(default=())

    @classmethod
    @contextmanager
    def of(cls, inspection: Inspection) -> Iterator[Writer]:
        """Lay out a writer for a rendered tree, and take it away again."""
        current = inspection.folder / "current" / Path(ALERTMANAGER).parent
        globs = tuple(str(current / glob) for _, glob in strings(inspection.alertmanager.get("templates")))
        every = payloads(inspection.stack.environment.name)
        with tempfile.TemporaryDirectory(prefix="monitoring-templates-") as name:
            folder = Path(name)
            for number, payload in enumerate(every.values()):
                (folder / f"{number}.json").write_bytes(to_json(payload))
            yield cls(Amtool(inspection.tools["amtool"]), globs, folder, tuple(every))

    def fault(self) -> str:
        """Say why nothing can be rendered at all: the template files themselves are broken."""
        return self._render("nothing.tmpl", "", USUAL, html=False).fault

    def write(self, texts: Iterable[Field]) -> Iterator[Written]:
        """Yield what each text says in each notification, a fault only with the first that brings it up."""
        usual = list(self._with(USUAL, list(texts)))
        yield from usual
        sound = [one.field for one in usual if not one.fault]
        others = [name for name in self.names if name != USUAL]
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for written in pool.map(lambda name: list(self._with(name, sound)), others):
                yield from written

    def _with(self, payload: str, texts: list[Field]) -> Iterator[Written]:
        for html in (False, True):
            share = [one for one in texts if one.html is html]
            said = self._all(payload, list(dict.fromkeys(one.text for one in share)), html=html)
            yield from (Written(one, payload, *said[one.text]) for one in share)

    def _all(self, payload: str, texts: list[str], *, html: bool) -> Mapping[str, tuple[str, str]]:
        """Render all at once first: a process for each would cost more than everything else here."""
        if not texts:
            return {}
        stem = f"{self.names.index(payload)}-{'html' if html else 'text'}"
        whole = self._render(f"{stem}.tmpl", _together(texts), payload, html=html)
        if not whole.fault:
            return {text: (_between(whole.text, at), "") for at, text in enumerate(texts)}
        alone = (self._render(f"{stem}-{at}.tmpl", text, payload, html=html) for at, text in enumerate(texts))
        return {text: (one.text, one.fault) for text, one in zip(texts, alone, strict=True)}

    def _render(self, name: str, text: str, payload: str, *, html: bool) -> Rendering:
        template = self.folder / name
        template.write_text(text, errors="replace")
        data = self.folder / f"{self.names.index(payload)}.json"
        return self.amtool.render(template, globs=self.globs, data=data, html=html)


def _together(texts: list[str]) -> str:
    """Define each under a name of its own, so that what one leaves open cannot be closed by the next."""
    defined = (f'{{{{ define "text {at}" }}}}{text}{{{{ end }}}}' for at, text in enumerate(texts))
    used = (f'{BETWEEN.format(at)}{{{{ template "text {at}" . }}}}' for at in range(len(texts)))
    return "".join((*defined, *used, BETWEEN.format(len(texts))))


def _between(whole: str, at: int) -> str:
    return whole.partition(BETWEEN.format(at))[2].partition(BETWEEN.format(at + 1))[0]
