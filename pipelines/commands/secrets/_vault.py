"""The environment's age file as a text of YAML: what may stand in it, and how it is replaced."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml

from stack.errors import Refused
from stack.layers import environments, vault
from stack.marks import parse
from stack.places import Place, problem, shown
from stack.secrets.age import Closed, opened, recipients, sealed
from stack.suggestion import suggestion
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.core.effects import Effects
    from stack.report import Problem

__all__ = ["faults", "of_environment", "refuse_nobody", "replaced", "unsealed", "write"]

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,39}")

EMPTY = """\
# Secrets of {name}: a name and its value a line, both text. An environment file names one by `age:NAME`.
# pagerduty_routing_key: 0123456789abcdef0123456789abcdef
"""


def of_environment(effects: Effects) -> Path:
    """Give the place of the age file of the environment that a run is about.

    Raises:
        Refused: there is no such environment.
    """
    options = effects.options
    if path := vault(options.environment, options.sites):
        return path
    known = environments(options.sites)
    message = f"there is no environment '{options.environment}'; there are {', '.join(known)}"
    raise Refused(message=message, hint=suggestion(options.environment, known))


def refuse_nobody(path: Path) -> None:
    """Refuse to begin where what is edited could not be sealed.

    Raises:
        Refused: nobody is named who may read it, or not rightly.
    """
    try:
        recipients(path)
    except Closed as closed:
        raise Refused(message=str(closed)) from closed


def unsealed(path: Path) -> str:
    """Give the text of an age file, or what a new one begins with.

    Raises:
        Refused: it cannot be opened, and why.
    """
    if not path.exists():
        return EMPTY.format(name=path.stem)
    try:
        return opened(path)
    except Closed as closed:
        raise Refused(message=str(closed)) from closed


def write(path: Path, text: str, *, like: Path) -> None:
    """Seal a text for the recipients of today, and replace a file by it.

    Args:
        path: what is written.
        text: what it will hold.
        like: the age file whose recipients may read it.

    Raises:
        Refused: nobody is named who may read it; nothing was written.
    """
    try:
        data = sealed(text, recipients(like))
    except Closed as closed:
        raise Refused(message=str(closed)) from closed
    write_atomically(path, data)


def faults(text: str, path: Path) -> Iterator[Problem]:
    """Yield what is wrong with a text, and never a value of it."""
    file = shown(path)
    marked = parse(text, file)
    yield from marked.problems
    if marked.problems or marked.document is None:
        return
    if not isinstance(marked.document, dict):
        yield problem(str(Place(file, 1, 1)), "must hold names and values at its top, as in `name: value`")
        return
    for name, value in marked.document.items():
        if not NAME.fullmatch(name):
            yield problem(
                marked.where((name,), key=True), "is no name: a letter, then letters, digits, - and _"
            )
        elif not isinstance(value, str):
            yield problem(marked.where((name,)), "must be text; put quotes around it")
        elif not value.strip():
            yield problem(marked.where((name,)), "must not be empty")


def replaced(text: str, name: str, value: str) -> str:
    """Give a text with another value under a name, and all else in it as it was.

    Raises:
        KeyError: it has no such name.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    entries = root.value if isinstance(root, yaml.MappingNode) else []
    node = {key.value: found for key, found in entries}[name]
    start, end = node.start_mark.index, node.end_mark.index
    closing = "\n" if text[start:end].endswith("\n") else ""
    return text[:start] + json.dumps(value) + closing + text[end:]
