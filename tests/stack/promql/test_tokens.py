"""PromQL as the words it is written with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stack.promql.tokens import pieces, tokens


def test_what_stands_in_braces_brackets_and_quotes_is_one_word() -> None:
    text = """sum by (a) (rate(x:y{a="}", b=~'>'}[5m:1m] offset 1h)) != bool 1.5e-3 # 1 > 2\n or `>` @ 3"""
    assert [(word.kind, word.text) for word in tokens(text)] == [
        ("word", "sum"),
        ("word", "by"),
        ("open", "("),
        ("word", "a"),
        ("close", ")"),
        ("open", "("),
        ("word", "rate"),
        ("open", "("),
        ("word", "x:y"),
        ("matchers", "{a=\"}\", b=~'>'}"),
        ("range", "[5m:1m]"),
        ("word", "offset"),
        ("duration", "1h"),
        ("close", ")"),
        ("close", ")"),
        ("comparison", "!="),
        ("word", "bool"),
        ("number", "1.5e-3"),
        ("word", "or"),
        ("text", "`>`"),
        ("operator", "@"),
        ("number", "3"),
    ]


@given(
    text=st.text() | st.lists(st.sampled_from([*"{}[]()\"'`#<>=! \n1ab.", "Inf", "5m", "0x"])).map("".join)
)
def test_nothing_is_lost_and_words_stand_where_they_say(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text
    end = 0
    for word in tokens(text):
        assert word.start >= end
        assert word.text == text[word.start : word.end]
        end = word.end
        assert end > word.start
