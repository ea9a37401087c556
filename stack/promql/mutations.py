"""Small changes of an expression's meaning, made in its text: a test that does not see them proves little."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from math import isfinite
from typing import TYPE_CHECKING

from stack.duration import seconds
from stack.promql.tokens import Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Edit", "edits"]

NEGATED = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "==": "!=", "!=": "=="}
SETS = {"and", "or", "unless"}
MATCHING = {"on", "ignoring", "group_left", "group_right"}
CONSTANT = {"number", "duration", "operator", "open", "close"}
SHARE = 0.1
"""How far a threshold is moved; by one where it is zero."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of an expression.

    Args:
        name: which one it is, the same whatever the numbers are: `threshold 1 raised`.
        start: the first character that is replaced.
        end: the first one behind it that is not.
        text: what stands there instead.
    """

    name: str
    start: int
    end: int
    text: str

    def of(self, expression: str) -> str:
        """Give the changed expression."""
        return f"{expression[: self.start]}{self.text}{expression[self.end :]}".strip()


def edits(expression: str) -> Iterator[Edit]:
    """Yield every change: comparisons negated, what is compared with moved, alternatives left out.

    Counted from 1, from left to right. Of an expression that is no valid one, some are none either.
    """
    words = list(tokens(expression))
    compared = [at for at, word in enumerate(words) if word.kind == "comparison"]
    for number, at in enumerate(compared, 1):
        word = words[at]
        yield Edit(f"comparison {number} negated", word.start, word.end, NEGATED[word.text])
    spans = dict.fromkeys(span for at in compared for span in _thresholds(words, at))
    for number, (start, end) in enumerate(sorted(spans), 1):
        for way, text in _moved(expression[start:end]):
            yield Edit(f"threshold {number} {way}", start, end, text)
    for number, (start, end) in enumerate(_alternatives(words), 1):
        yield Edit(f"alternative {number} dropped", start, end, "")


def _thresholds(words: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    """Yield where the numbers stand that a comparison compares with.

    They are the side that is a number; where none is, the numbers that a side multiplies or adds.
    """
    sides = (_left(words, at), _right(words, at))
    constant = [side for side in sides if _is_constant(side)]
    for side in constant:
        yield side[0].start, side[-1].end
    for side in () if constant else sides:
        yield from ((word.start, word.end) for word in _factors(side))


def _left(words: Sequence[Token], at: int) -> list[Token]:
    behind = _until_the_end((*reversed(words[:at]),), opening="close", closing="open")
    return behind[::-1]


def _right(words: Sequence[Token], at: int) -> list[Token]:
    side = _until_the_end(words[at + 1 :], opening="open", closing="close")
    while side and side[0].text in {"bool", *MATCHING}:
        side = _behind_brackets(side[1:])
    return side


def _until_the_end(words: Sequence[Token], opening: str, closing: str) -> list[Token]:
    """Take words up to the end of one side of a comparison."""
    depth = 0

    def inside(word: Token) -> bool:
        nonlocal depth
        depth += (word.kind == opening) - (word.kind == closing)
        ends = word.kind in {"comparison", "comma"} or word.text.lower() in SETS
        return depth > 0 or (depth == 0 and not ends)

    return list(takewhile(inside, words))


def _behind_brackets(words: list[Token]) -> list[Token]:
    if not words or words[0].kind != "open":
        return words
    close = next((at for at, word in enumerate(words) if word.kind == "close"), len(words))
    return words[close + 1 :]


def _is_constant(side: Sequence[Token]) -> bool:
    kinds = {word.kind for word in side}
    return bool(kinds & {"number", "duration"}) and kinds <= CONSTANT and all(w.text != "@" for w in side)


def _factors(side: Sequence[Token]) -> Iterator[Token]:
    """Yield the numbers of a side that stand in its arithmetic, not among a function's arguments."""
    within: list[bool] = []
    before = ""
    for at, word in enumerate(side):
        if word.kind == "open":
            within.append(at > 0 and side[at - 1].kind == "word")
        elif word.kind == "close" and within:
            within.pop()
        elif word.kind == "number" and not any(within) and before not in {"@", "offset"}:
            yield word
        before = word.text if word.text != "-" or before not in {"@", "offset"} else before


def _moved(text: str) -> Iterator[tuple[str, str]]:
    value = _value(text)
    if value is None:  # several numbers: what they make is moved as a whole
        yield "raised", f"({text}) * {1 + SHARE:g}"
        yield "lowered", f"({text}) * {1 - SHARE:g}"
    elif isfinite(value):
        by = abs(value) * SHARE or 1.0
        yield "raised", f"{value + by:.12g}"
        yield "lowered", f"{value - by:.12g}"


def _value(text: str) -> float | None:
    """Read one number as PromQL writes it; None where it is more than one."""
    sign, digits = (-1, text[1:].lstrip()) if text.startswith("-") else (1, text)
    try:
        return sign * (float(int(digits, 16)) if digits[:2].lower() == "0x" else float(digits))
    except ValueError:
        pass
    try:
        return sign * seconds(digits)
    except ValueError:
        return None


def _alternatives(words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the part that leaves, with the `or` beside it, for each alternative of each chain of them."""
    open_chains: list[list[int]] = [[0]]
    for at, word in enumerate([*words, Token("close", "", 0, 0)]):
        if word.kind == "open":
            open_chains.append([at + 1])
        elif word.kind in {"close", "comma"}:
            yield from _of_chain(words, open_chains.pop(), at)
            if word.kind == "comma" or not open_chains:
                open_chains.append([at + 1])
        elif word.kind == "word" and word.text.lower() == "or":
            open_chains[-1].append(at)


def _of_chain(words: Sequence[Token], starts: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    """Cut a chain whose first alternative, and then each `or`, stands at these positions."""
    if len(starts) == 1 or starts[1] == starts[0]:
        return
    rest = _behind_matching(words, starts[1] + 1)
    if rest < end:
        yield words[starts[0]].start, words[rest].start
    for start, behind in zip(starts[1:], (*starts[2:], end), strict=True):
        yield words[start].start, words[behind - 1].end


def _behind_matching(words: Sequence[Token], at: int) -> int:
    rest = list(words[at:])
    while rest and rest[0].text in MATCHING:
        rest = _behind_brackets(rest[1:])
    return len(words) - len(rest)
