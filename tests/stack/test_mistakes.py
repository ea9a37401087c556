"""What is wrong with an environment is told in words that help to mend it."""

from __future__ import annotations

import pytest

from stack.errors import EnvironmentInvalid
from stack.load import load


@pytest.mark.parametrize(
    ("override", "meant"),
    [
        ("proxy={tokens: {ci: {scopes: read}}}", "scope"),
        ("proxy={usrs: [anna]}", "users"),
        ("databases={redis: [{adress: 'cache:6379'}]}", "address"),
        ("discovery={dns: [{job: shop, nmes: [a.example.com]}]}", "names"),
        ("resources=[{name: shop, kind: docker, projct: shop}]", "project"),
        ("slos={new: {objectiv: 99}}", "objective"),
    ],
)
def test_an_unknown_key_is_held_against_those_that_could_stand_there(override: str, meant: str) -> None:
    with pytest.raises(EnvironmentInvalid) as caught:
        load("local", overrides=[override])
    lines = [problem.line() for problem in caught.value.report.problems]
    assert any(line.endswith(f"unknown key (did you mean '{meant}'?)") for line in lines), lines
