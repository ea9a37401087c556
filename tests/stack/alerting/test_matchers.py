"""Alertmanager's matchers, read from both of their spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.alerting.matchers import Matcher, matchers_of, never_together

plain = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)
matchers = st.builds(Matcher, plain, st.sampled_from(["=", "!=", "=~", "!~"]), plain)


@given(wanted=st.frozensets(matchers), quote=st.sampled_from(["", '"']), space=st.sampled_from(["", " "]))
def test_what_was_written_is_read(wanted: frozenset[Matcher], quote: str, space: str) -> None:
    texts = [f"{m.name}{space}{m.op}{space}{quote}{m.value}{quote}" for m in wanted]
    assert matchers_of({"matchers": texts}) == wanted
    assert matchers_of({"target_matchers": ["{" + ", ".join(texts) + "}"]}, "target_") == wanted


@given(text=st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    found = matchers_of({"matchers": [text], "match": text})
    assert found is None or all(isinstance(one, Matcher) for one in found)


@pytest.mark.parametrize(
    ("one", "other", "never"),
    [
        (("a", "=", "x"), ("a", "=", "y"), True),
        (("a", "=", "x"), ("b", "=", "y"), False),
        (("a", "!=", "x"), ("a", "=", "x"), True),
        (("a", "=~", "x|y"), ("a", "=", "z"), True),
        (("a", "=~", "x|y"), ("a", "=", "y"), False),
        (("a", "!~", "x.*"), ("a", "=", "xy"), True),
        (("a", "=~", "("), ("a", "=", "y"), False),
        (("a", "=~", "x"), ("a", "=~", "y"), False),
    ],
)
def test_two_matchers_exclude_each_other_only_where_that_is_certain(
    one: tuple[str, str, str], other: tuple[str, str, str], never: bool
) -> None:
    assert never_together(Matcher(*one), Matcher(*other)) is never
    assert never_together(Matcher(*other), Matcher(*one)) is never
