"""Puts a recording rule's expression in place of the series that it records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.promql.tokens import pieces, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stack.promql.tokens import Token

__all__ = ["Recorded", "inlined", "recorded_in"]

LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
"""What is followed by label names in brackets."""

LATER = {"offset", "@"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording rule: its expression, the labels that it adds, how often it is evaluated (`15s`)."""

    expression: str
    labels: Mapping[str, str] = field(default_factory=dict)
    interval: str = "1m"


def recorded_in(expression: str, known: Mapping[str, Recorded]) -> tuple[str, ...]:
    """Name the recorded series that an expression reads, each once, and those that they rest on."""
    found: dict[str, None] = {}
    waiting = [expression]
    while waiting:
        for at, _ in _selectors(waiting.pop(), known):
            if at not in found:
                found[at] = None
                waiting.append(known[at].expression)
    return tuple(found)


def inlined(expression: str, known: Mapping[str, Recorded]) -> str:
    """Replace recorded series by their expressions, and those within them.

    A series that rests on itself stays where it comes up again.

    Args:
        expression: PromQL.
        known: the recording rules to replace, by the name of their series.

    Raises:
        ValueError: a recorded series is read with an offset, which an expression cannot have.
    """
    words, parts, at = list(pieces(expression)), [], 0
    for name, start in _selectors(expression, known):
        rest = words[start + 1 :]
        matchers, after = _taken(rest, "matchers")
        span, after = _taken(rest, "range", after)
        following = next((word.text.lower() for word in rest[after:] if word.kind != "space"), "")
        if following in LATER:
            message = f"{name} is read with {following}, and cannot be replaced by its expression"
            raise ValueError(message)
        parts += [word.text for word in words[at:start]]
        others = {key: value for key, value in known.items() if key != name}
        parts.append(_selected(known[name], inlined(known[name].expression, others), matchers, span))
        at = start + 1 + after
    return "".join([*parts, *(word.text for word in words[at:])])


def _selectors(expression: str, known: Mapping[str, Recorded]) -> Iterator[tuple[str, int]]:
    """Yield each recorded series that is read, and its token's position."""
    words = list(pieces(expression))
    listed = False
    for at, word in enumerate(words):
        following = next((other for other in words[at + 1 :] if other.kind != "space"), None)
        opens = following is not None and following.text == "("
        if word.kind == "word" and word.text.lower() in LISTS and opens:
            listed = True
        elif word.text == ")":
            listed = False
        elif word.kind == "word" and word.text in known and not opens and not listed:
            yield word.text, at


def _taken(words: Sequence[Token], kind: str, start: int = 0) -> tuple[str, int]:
    """Give the text of the next token if it is of a kind, and the position after it."""
    at = start
    while at < len(words) and words[at].kind == "space":
        at += 1
    return (words[at].text, at + 1) if at < len(words) and words[at].kind == kind else ("", start)


def _selected(rule: Recorded, expression: str, matchers: str, span: str) -> str:
    text = f"({expression})"
    for name, value in rule.labels.items():
        text = f'label_replace({text}, "{name}", {_quoted(value.replace("$", "$$"))}, "", "")'
    for name, sign, value in _matchers(matchers):
        text = f"({_filtered(text, name, sign, value)})"
    return f"{text}[{span[1:-1].strip()}:{rule.interval}]" if span else text


HIT = "hit_"
"""A label for the time of one comparison."""


def _filtered(text: str, name: str, sign: str, value: str) -> str:
    """Keep the series whose label is as asked: PromQL has no matchers on the result of an expression.

    They are matched with a constant that has just that label; an expression first marks what it fits.
    """
    kept = "unless" if sign.startswith("!") else "and"
    if "~" not in sign:
        return f'{text} {kept} on ({name}) label_replace(vector(1), "{name}", {_constant(value)}, "", "")'
    marked = f'label_replace({text}, "{HIT}", "1", "{name}", {value})'
    found = f'{marked} {kept} on ({HIT}) label_replace(vector(1), "{HIT}", "1", "", "")'
    return f'label_replace({found}, "{HIT}", "", "", "")'


def _constant(value: str) -> str:
    return value.replace("$", "$$")


def _matchers(braces: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, sign and quoted value of each matcher in braces."""
    words = list(tokens(braces[1:-1]))
    while len(words) >= 3:
        name, sign = words[0].text, ""
        at = 1
        while at < len(words) and not words[at].text.strip("=!~"):
            sign += words[at].text
            at += 1
        yield name, sign, words[at].text
        words = words[at + 1 :]
        words = words[1:] if words and words[0].text == "," else words


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
