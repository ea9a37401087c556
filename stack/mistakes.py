"""What the model finds wrong with a document, as problems with a place and in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from stack.environment import Environment
from stack.places import problem
from stack.suggestion import nearest, suggestion
from stack.watched import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from stack.places import Keys, Marked
    from stack.report import Problem

__all__ = ["faults", "mistakes"]

WORDS = {
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "model_attributes_type": "must be a mapping",
    "model_type": "must be a mapping",
    "string_type": "must be text",
    "tuple_type": "must be a list",
}

TAGS = {"union_tag_not_found", "union_tag_invalid"}


def mistakes(
    error: ValidationError, marked: Marked, keys: Callable[[ErrorDetails], set[str]] | None = None
) -> tuple[Problem, ...]:
    """Give every mistake that the model found in a document.

    Args:
        error: what the model says.
        marked: the document.
        keys: names the keys that could stand where an unknown one does; by default those of an environment.
    """
    return tuple(_mistake(detail, marked, keys or _keys) for detail in error.errors(include_url=False))


def faults(error: ValidationError, marked: Marked) -> tuple[Keys, ...]:
    """Give the path of every value that the model refused."""
    return tuple(_path(detail, marked) for detail in error.errors(include_url=False))


def _mistake(detail: ErrorDetails, marked: Marked, keys: Callable[[ErrorDetails], set[str]]) -> Problem:
    path, kind = _path(detail, marked), detail["type"]
    if kind == "extra_forbidden":
        return problem(marked.where(path, key=True), "unknown key", suggestion(str(path[-1]), keys(detail)))
    if kind == "missing":
        return problem(marked.where((*path, detail["loc"][-1])), "is missing")
    if kind in TAGS:
        return _wrong_kind(marked, path)
    on_key = detail["loc"][-1] == "[key]"
    # What stands under `secrets` may be one: it is neither shown nor commented on.
    summary, hint = _bare(detail) if path[:1] == ("secrets",) else (_summary(detail), _hint(detail))
    return problem(marked.where(path, key=on_key), summary, hint)


def _path(detail: ErrorDetails, marked: Marked) -> Keys:
    """Give the part of pydantic's location that the document has; the rest names members of a union."""
    path: Keys = ()
    for step in detail["loc"]:
        if marked.known((*path, step)) != path:
            path = (*path, step)
    return path


def _wrong_kind(marked: Marked, path: Keys) -> Problem:
    kinds = sorted(kind for model in _models(Resource) for kind in _kinds(model))
    given = marked.at((*path, "kind"))
    summary = f"must be one of {', '.join(kinds)}, not {_found(given)}"
    return problem(marked.where((*path, "kind")), summary, nearest(str(given), kinds))


def _bare(detail: ErrorDetails) -> tuple[str, str]:
    return WORDS.get(detail["type"]) or _plain(detail["msg"]), ""


def _summary(detail: ErrorDetails) -> str:
    said = WORDS.get(detail["type"])
    return f"{said}, not {_found(detail['input'])}" if said else _plain(detail["msg"])


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return re.sub(r"^(Input|String|Tuple) should ", "must ", message)


def _hint(detail: ErrorDetails) -> str:
    if detail["type"] == "literal_error":
        return nearest(str(detail["input"]), re.findall(r"'([^']+)'", detail["ctx"]["expected"]))
    if detail["type"] == "string_type" and isinstance(detail["input"], bool | int | float):
        return "put quotes around it"
    return ""


def _found(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)[:60]


def _keys(detail: ErrorDetails) -> set[str]:
    """Name the keys that could stand where an unknown one does."""
    models: list[type[BaseModel]] = [Environment]
    for step in detail["loc"][:-1]:
        below = [inner for model in models for inner in _below(model, str(step))]
        models = below or [model for model in models if step in _kinds(model)] or models
    if models == [Environment]:
        return {*Environment.model_fields, "extends"} - {"name"}
    return {name for model in models for name in model.model_fields}


def _below(model: type[BaseModel], name: str) -> Iterator[type[BaseModel]]:
    """Yield the models that a field holds, one or many of them."""
    field = model.model_fields.get(name)
    yield from _models(field.annotation) if field else ()


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _kinds(model: type[BaseModel]) -> tuple[str, ...]:
    """Give what tells a member of a union from the others; nothing where it is none."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field else ()
