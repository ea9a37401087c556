"""Reads contracts, `stack/metrics/<service>.yaml`; every mistake is a problem with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stack.contract.family import TYPES, Contract, Family
from stack.documents import mapping, strings
from stack.marks import read
from stack.report import Problem
from stack.suggestion import nearest, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from stack.places import Keys, Marked

__all__ = ["Contracts", "read_contract", "read_contracts"]

KEYS = ("program", "series", "closed", "families", "events", "waivers")
METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Contracts:
    """Every contract by its name, and what is wrong with their files."""

    by_name: Mapping[str, Contract] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_contracts(files: Mapping[str, Sequence[Path]]) -> Contracts:
    """Read the files of each contract, a site's after the repository's."""
    found: dict[str, Contract] = {}
    problems: list[Problem] = []
    for name, paths in files.items():
        for path in paths:
            contract, wrong = read_contract(path)
            found[name] = found[name].joined(contract) if name in found else contract
            problems += wrong
    return Contracts(found, tuple(problems))


def read_contract(path: Path) -> tuple[Contract, tuple[Problem, ...]]:
    """Read one file: what of it is well-formed, and what is not."""
    marked = read(path, example="families: {}")
    wrong = (*marked.problems, *_wrong(marked))
    return _contract(path.stem, marked.document), tuple(
        replace(found, check="metric_contract") for found in wrong
    )


def _contract(name: str, document: object) -> Contract:
    read = mapping(document)
    series = read.get("series")
    return Contract(
        name,
        str(read.get("program") or ""),
        series if isinstance(series, int) else 0,
        tuple(label for _, label in strings(read.get("closed"))),
        _families(read.get("families")),
        _families(read.get("events")),
        {str(metric): str(reason) for metric, reason in mapping(read.get("waivers")).items()},
    )


def _families(section: object) -> dict[str, Family]:
    return {str(name): _family(mapping(body)) for name, body in mapping(section).items()}


def _family(body: Mapping[str, Any]) -> Family:
    values = {str(label): strings(given) for label, given in mapping(body.get("labels")).items()}
    labels = {label: tuple(value for _, value in given) for label, given in values.items()}
    return Family(str(body.get("type")), labels, str(body.get("reason") or ""))


def _wrong(marked: Marked) -> Iterator[Problem]:
    document = mapping(marked.document)
    for key in document:
        if key not in KEYS:
            yield _problem(marked.where((key,), key=True), "unknown key", suggestion(str(key), KEYS))
    yield from _of_kind(marked, ("program",), str, "text")
    yield from _of_kind(marked, ("series",), int, "a whole number")
    yield from _listed(marked, ("closed",))
    for section in ("families", "events", "waivers"):
        yield from _of_kind(marked, (section,), dict, "a mapping")
    for section in ("families", "events"):
        for name in mapping(document.get(section)):
            yield from _named(marked, (section, name), METRIC, "metric")
            yield from _faults(marked, (section, name))
    for name in mapping(document.get("waivers")):
        yield from _named(marked, ("waivers", name), METRIC, "metric")
        yield from _reasoned(marked, ("waivers", name))


def _faults(marked: Marked, path: Keys) -> Iterator[Problem]:
    """Yield what is wrong with one family."""
    body, known = marked.at(path), ("type", "labels", *(["reason"] if path[0] == "events" else []))
    if not isinstance(body, dict):
        yield _problem(marked.where(path), "must be a mapping, as {type: gauge, labels: {}}")
        return
    for key in body:
        if key not in known:
            yield _problem(marked.where((*path, key), key=True), "unknown key", suggestion(str(key), known))
    if body.get("type") not in TYPES:
        hint = nearest(str(body.get("type")), TYPES)
        yield _problem(marked.where((*path, "type")), f"the type must be one of {', '.join(TYPES)}", hint)
    if not isinstance(body.get("labels"), dict):
        yield _problem(marked.where((*path, "labels")), "the labels must be a mapping, {} for none")
    for label in mapping(body.get("labels")):
        yield from _named(marked, (*path, "labels", label), LABEL, "label")
        yield from _listed(marked, (*path, "labels", label))
    if path[0] == "events":
        yield from _reasoned(marked, (*path, "reason"))


def _of_kind(marked: Marked, path: Keys, kind: type, words: str) -> Iterator[Problem]:
    if marked.known(path) == path and (not isinstance(marked.at(path), kind) or marked.at(path) is True):
        yield _problem(marked.where(path), f"must be {words}")


def _listed(marked: Marked, path: Keys) -> Iterator[Problem]:
    values = marked.at(path)
    if marked.known(path) == path and (
        not isinstance(values, list) or not all(isinstance(value, str) for value in values)
    ):
        yield _problem(marked.where(path), "must be a list of texts", "put quotes around numbers")


def _named(marked: Marked, path: Keys, form: re.Pattern[str], what: str) -> Iterator[Problem]:
    if not isinstance(path[-1], str) or not form.fullmatch(path[-1]):
        yield _problem(marked.where(path, key=True), f"is no name of a {what}")


def _reasoned(marked: Marked, path: Keys) -> Iterator[Problem]:
    reason = marked.at(path)
    if not isinstance(reason, str) or not reason.strip():
        yield _problem(marked.where(path), "a reason is missing: say in a few words why it may be absent")


def _problem(where: str, summary: str, hint: str = "") -> Problem:
    return Problem("metric_contract", where, summary, hint=hint)
