"""Alertmanager's matchers, read from both of their spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.alerting.matchers import Matcher, accepts, cases, implies, matchers_of, never_together

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


VALUES = ["page", "warning", "info", "", "p age"]
PATTERNS = ["page|warning", "(info)", ".*", "p.*", "info|", "page"]
few = st.builds(
    Matcher, st.sampled_from(["a", "b"]), st.sampled_from(["=", "!="]), st.sampled_from(VALUES)
) | st.builds(Matcher, st.sampled_from(["a", "b"]), st.sampled_from(["=~", "!~"]), st.sampled_from(PATTERNS))
labels = st.fixed_dictionaries({"a": st.sampled_from(VALUES), "b": st.sampled_from(VALUES)})


def meets(alert: dict[str, str], conditions: frozenset[Matcher]) -> bool:
    return all(accepts(one, alert[one.name]) for one in conditions)


@given(alert=labels, conditions=st.frozensets(few, max_size=3), other=few)
def test_what_is_implied_is_met_by_every_alert_that_meets_the_conditions(
    alert: dict[str, str], conditions: frozenset[Matcher], other: Matcher
) -> None:
    if implies(conditions, other) and meets(alert, conditions):
        assert accepts(other, alert[other.name])


@given(alert=labels, conditions=st.frozensets(few, max_size=3))
def test_conditions_taken_apart_are_met_by_the_same_alerts(
    alert: dict[str, str], conditions: frozenset[Matcher]
) -> None:
    assert any(meets(alert, case) for case in cases(conditions)) is meets(alert, conditions)


def test_a_list_of_words_implies_a_longer_one_and_too_many_are_not_taken_apart() -> None:
    short, long = Matcher("a", "=~", "page|info"), Matcher("a", "=~", "page|info|warning")
    many = frozenset(Matcher(name, "=~", "|".join("abcdefghijk")) for name in "xyz")

    assert implies(frozenset([short]), long)
    assert not implies(frozenset([long]), short)
    assert len(list(cases(frozenset([short])))) == 2
    assert list(cases(many)) == [many]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'a="b\"c"', 'b"c'),
        (r'a=~"x\\.y"', r"x\.y"),
        (r'a=~"x\.y"', r"x\.y"),
        (r'a="1\n2"', "1\n2"),
        ("a=b", "b"),
    ],
)
def test_escapes_in_quotes_are_undone(text: str, value: str) -> None:
    assert {one.value for one in matchers_of({"matchers": [text]}) or ()} == {value}
