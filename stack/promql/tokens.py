"""PromQL as the words it is written with: an expression can be changed in its text, at a certain place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Token", "pieces", "tokens"]

QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`"""
KINDS = {
    "text": QUOTED,
    "space": r"\s+|\#[^\n]*",
    "matchers": rf"\{{(?:{QUOTED}|[^}}\"'`])*\}}",
    "range": r"\[[^\]]*\]",
    "duration": r"(?:\d+(?:ms|[smhdwy]))+(?![\w.])",
    "number": r"0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|(?i:inf|nan)(?![\w:])",
    "word": r"[A-Za-z_:][\w:]*",
    "comparison": r"==|!=|<=|>=|<|>",
    "operator": r"[-+*/%^@]",
    "open": r"\(",
    "close": r"\)",
    "comma": r",",
    "other": r".",
}
TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()), re.DOTALL)


class Token(NamedTuple):
    """A word of an expression: what it is, how it is written, and where it begins and ends.

    What stands in braces is one token, and what stands in brackets: neither holds an expression.
    """

    kind: str
    text: str
    start: int
    end: int


def pieces(expression: str) -> Iterator[Token]:
    """Yield all that an expression is written with; put together it is the expression again.

    Source: https://prometheus.io/docs/prometheus/latest/querying/basics/
    """
    for match in TOKEN.finditer(expression):
        yield Token(str(match.lastgroup), match.group(), match.start(), match.end())


def tokens(expression: str) -> Iterator[Token]:
    """Yield the words of an expression in their order, spaces and comments left out; it never fails."""
    return (piece for piece in pieces(expression) if piece.kind != "space")
