"""The sections that speak a tool's own schema: enough of their shape to merge them, and their `${{ … }}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.places import problem
from stack.references import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment
    from stack.places import Keys, Marked
    from stack.report import Problem

__all__ = ["references", "shapes"]

SECTIONS = ("prometheus", "alertmanager")

MAPPINGS: tuple[Keys, ...] = (("prometheus", "global"), ("alertmanager", "route"))

LISTS: Mapping[Keys, str] = {
    ("prometheus", "rule_files"): "",
    ("prometheus", "scrape_configs"): "job_name",
    ("alertmanager", "route", "routes"): "",
    ("alertmanager", "receivers"): "name",
}
"""The lists that are merged with what the services bring, and what names their members."""


def shapes(marked: Marked) -> Iterator[Problem]:
    """Yield what could not be merged; all else about these sections is for promtool and amtool to judge."""
    for path in MAPPINGS:
        if marked.known(path) == path and not isinstance(marked.at(path), dict):
            yield problem(marked.where(path), "must be a mapping")
    for path, name in LISTS.items():
        if marked.known(path) == path:
            yield from _list(marked, path, name)


def references(environment: Environment, marked: Marked) -> Iterator[Problem]:
    """Yield each `${{ … }}` that has no value in this environment."""
    for section in SECTIONS:
        for path, text in _texts(marked.at((section,)), (section,)):
            try:
                fill(text, environment)
            except Exception as error:  # noqa: BLE001 # an expression can fail in any way, as 1 / 0 does
                yield problem(marked.where(path), str(error).rstrip("."))


def _list(marked: Marked, path: Keys, name: str) -> Iterator[Problem]:
    members = marked.at(path)
    if not isinstance(members, list):
        yield problem(marked.where(path), "must be a list")
        return
    for index, member in enumerate(members if name else ()):
        if not isinstance(member, dict) or not isinstance(member.get(name), str):
            yield problem(marked.where((*path, index)), f"must be a mapping with a `{name}`")


def _texts(node: object, path: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(node, str) and "${{" in node:
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _texts(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, (*path, index))
