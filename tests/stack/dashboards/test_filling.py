"""Variables and macros in a text, in every way in which they can be written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.filling import Choice, fill

CHOICES = {
    "env": Choice("env", ("a", "b.c"), many=True),
    "all": Choice("all", ("a", "b"), many=True, whole=".*"),
    "one": Choice("one", ("x.y",)),
    "none": Choice("none", fault="variable $none has no value"),
    "bad": Choice("bad", fault="variable $bad: parse error", failed=True),
}
MACROS = {"__interval": "15s", "__rate_interval": "60s", "__from": "1700000000000"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('up{env=~"$env"}', r'up{env=~"(a|b\\.c)"}'),
        ('up{env=~"${env}"}', r'up{env=~"(a|b\\.c)"}'),
        ('up{env=~"${env:regex}"}', r'up{env=~"(a|b\.c)"}'),
        ('up{env=~"[[env:pipe]]"}', 'up{env=~"a|b.c"}'),
        ('up{env=~"[[env]]"}', r'up{env=~"(a|b\\.c)"}'),
        ('up{env=~"$all"}', 'up{env=~".*"}'),
        ('up{env=~"${all:regex}"}', 'up{env=~".*"}'),
        ('up{env="$one"}', 'up{env="x.y"}'),
        ("${one.text}", "x.y"),
        ("rate(a[$__rate_interval]) / $__interval", "rate(a[60s]) / 15s"),
        (
            "${__from} ${__from:date} ${__from:date:seconds}",
            "1700000000000 2023-11-14T22:13:20.000Z 1700000000",
        ),
        ('label_replace(a, "b", "$1", "c", "(.+)$")', 'label_replace(a, "b", "$1", "c", "(.+)$")'),
    ],
)
def test_what_is_known_is_replaced(text: str, filled: str) -> None:
    found = fill(text, CHOICES, MACROS)

    assert (found.text, found.faults, found.broken) == (filled, (), False)


def test_what_nobody_knows_stays_and_is_told() -> None:
    found = fill('up{env="$env", a="$who"} + ${what:csv}', CHOICES, MACROS)

    assert found.text.endswith('a="$who"} + ${what:csv}')
    assert found.faults == ("there is no variable $who", "there is no variable $what")
    assert found.broken


def test_a_variable_without_a_value_is_told_and_is_a_mistake_only_where_its_query_failed() -> None:
    assert fill("$none", CHOICES, {}).faults == ("variable $none has no value",)
    assert not fill("$none", CHOICES, {}).broken
    assert fill("$none $bad", CHOICES, {}).faults[0] == "variable $bad: parse error"
    assert fill("$none $bad", CHOICES, {}).broken


@given(st.text(alphabet="$[]{}:.ab1_ \"'", max_size=40))
def test_any_text_can_be_filled(text: str) -> None:
    assert isinstance(fill(text, {"a": CHOICES["env"]}, {"b": "1"}).text, str)
