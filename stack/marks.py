"""Reads YAML 1.2 with the place of everything in it; whatever is wrong is a problem, never an exception."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

import yaml
import yamlcore

from stack.places import Keys, Marked, Place, problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack.report import Problem

__all__ = ["parse", "read"]

DEEPEST = 100
LARGEST = 100_000


def read(path: Path, *, example: str = "extends: base") -> Marked:
    """Read a file whose top is a mapping; `example` is what could stand in it, for the messages."""
    file = shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return _unread(Place(file), f"cannot be read: {error.strerror}")
    if data.startswith(codecs.BOM_UTF8):
        return _unread(Place(file, 1, 1), "starts with a byte order mark; save it as UTF-8 without one")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _unread(_place_of_byte(file, data, error.start), "is no UTF-8; save the file as UTF-8")
    return _mapping_only(parse(text, file), Place(file, 1, 1), example)


def parse(text: str, file: str) -> Marked:
    """Read any YAML text; empty text gives None."""
    try:
        _refuse_deep(text)
        loader = yamlcore.CCoreLoader(text)
        builder = _Builder(loader, file)
        document = builder.build(loader.get_single_node(), ())
    except yaml.MarkedYAMLError as error:
        return _unread(_place(file, error.problem_mark), _reason(error, text))
    except (yaml.reader.ReaderError, UnicodeError):
        return _unread(Place(file), "has a character that YAML does not allow; remove it")
    return Marked(document, builder.keys, builder.values, tuple(builder.problems))


class _Builder:
    """Builds the document from YAML's nodes and notes where each of them stands."""

    def __init__(self, loader: Any, file: str) -> None:
        self._loader = loader
        self._file = file
        self.keys: dict[Keys, Place] = {}
        self.values: dict[Keys, Place] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node | None, path: Keys) -> Any:
        if node is None:
            return None
        if len(path) > DEEPEST or len(self.values) > LARGEST:
            raise yaml.MarkedYAMLError(
                problem="too deep, or too much for one file", problem_mark=node.start_mark
            )
        self.values[path] = _place(self._file, node.start_mark)
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return {key: self.build(value, (*path, key)) for key, value in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _entries(self, node: yaml.MappingNode, path: Keys) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, Place] = {}
        for key_node, value in node.value:
            place = _place(self._file, key_node.start_mark)
            key = self._scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self.problems.append(problem(place.of(path), "a key must be text; put quotes around it"))
            elif key in seen:
                first = f"duplicate key, first on line {seen[key].line}"
                self.problems.append(problem(place.of((*path, key)), first))
            else:
                seen[key] = self.keys[(*path, key)] = place
                yield key, value

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self._loader.construct_object(node)
        except (ValueError, KeyError, IndexError, OverflowError) as error:
            kind = node.tag.rpartition(":")[2]
            raise yaml.MarkedYAMLError(problem=f"is no {kind}", problem_mark=node.start_mark) from error


def _refuse_deep(text: str) -> None:
    """Look at the nesting first: the C composer calls itself, and very deep text would crash Python."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=mark)


def _mapping_only(marked: Marked, place: Place, example: str) -> Marked:
    if isinstance(marked.document, dict):
        return marked
    if marked.problems:
        return Marked(problems=marked.problems)
    if marked.document is None:
        return _unread(place, f"is empty; write at least `{example}`")
    return _unread(place, f"must hold keys and values at its top, as in `{example}`")


def _unread(place: Place, summary: str) -> Marked:
    return Marked(problems=(problem(str(place), summary),))


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _place_of_byte(file: str, data: bytes, offset: int) -> Place:
    line_start = data.rfind(b"\n", 0, offset) + 1
    return Place(file, data.count(b"\n", 0, offset) + 1, offset - line_start + 1)


def _reason(error: yaml.MarkedYAMLError, text: str) -> str:
    mark, lines = error.problem_mark, text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "is indented by a tab; YAML wants spaces"
    return f"is no valid YAML: {error.problem}"
