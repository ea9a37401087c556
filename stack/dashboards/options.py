"""What there is to choose from: options that a model holds itself, and those that it makes of an answer."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from stack.dashboards.spans import length_of
from stack.documents import dig, mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["OptionsUnreadable", "listed", "matching"]

COMMA = re.compile(r"(?:\\,|[^,])+")
DIGITS = re.compile(r"\d+(?:\.\d+)?")
GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")
"""How JavaScript begins a named group."""


class OptionsUnreadable(Exception):
    """Nobody can tell the options, and why."""


def listed(body: Mapping[str, Any], length: float) -> list[str]:
    """Give the values of a variable that asks nobody: a list, a constant, intervals, what was typed in.

    Args:
        body: the variable.
        length: of what the dashboard shows, in seconds, for an interval that is chosen by itself.
    """
    query, kind = (str(body.get(key) or "") for key in ("query", "type"))
    if kind in {"constant", "textbox"}:
        return [query] if query else []
    if kind == "datasource":
        return [str(dig(body, "current", "value") or query)]
    found = [_value(text) for text in COMMA.findall(query)]
    if kind == "interval" and _is_automatic(body):
        return [_automatic(body, length)]
    return found or [str(one["value"]) for _, one in mappings(body.get("options")) if one.get("value")]


def matching(found: Iterable[str], regex: str, sort: object) -> list[str]:
    """Give what a variable's own filter leaves of an answer, or takes out of it, each once and in its order.

    Args:
        found: the answer.
        regex: `/.*job="(.*)"/`; its group, or the one named `value`, is the option.
        sort: Grafana's number for the order: 0 as they came, odd ones upwards, even ones downwards.

    Raises:
        OptionsUnreadable: the filter is no regular expression that can be read.
    """
    unique = list(dict.fromkeys(_filtered(found, regex) if regex else found))
    order = sort if isinstance(sort, int) and 0 < sort <= 8 else 0
    if not order:
        return unique
    return sorted(unique, key=(_plain, _number, _folded, _number)[(order - 1) // 2], reverse=not order % 2)


def _filtered(found: Iterable[str], regex: str) -> Iterator[str]:
    inner, _, flags = regex[1:].rpartition("/") if regex.startswith("/") else (regex, "", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # `[[]` is odd, and means here what it always did
            pattern = re.compile(GROUP.sub("(?P<", inner or regex), re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        message = f"its filter {regex} cannot be read: {error}"
        raise OptionsUnreadable(message) from error
    for match in filter(None, map(pattern.search, found)):
        named = match.groupdict()
        groups = [named[key] for key in ("value", "text") if named.get(key)]
        yield (groups or [match[1] if pattern.groups else match.string])[0] or ""


def _value(text: str) -> str:
    """Take an option's value out of `label : value`."""
    plain = text.replace("\\,", ",").strip()
    return plain.partition(" : ")[2].strip() or plain


def _is_automatic(body: Mapping[str, Any]) -> bool:
    return str(dig(body, "current", "value") or "").startswith("$__auto")


def _automatic(body: Mapping[str, Any], length: float) -> str:
    count = body.get("auto_count")
    parts = count if isinstance(count, int) and count > 0 else 30
    return f"{max(length / parts, length_of(body.get('auto_min')) or 0.0, 1.0):.0f}s"


def _plain(text: str) -> tuple[str]:
    return (text,)


def _folded(text: str) -> tuple[str]:
    return (text.lower(),)


def _number(text: str) -> tuple[float, str]:
    found: Sequence[str] = DIGITS.findall(text)
    return (float(found[0]) if found else -1.0, text)
