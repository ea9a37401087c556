"""What follows a viewer's choice, and what only looks as if it did."""

from __future__ import annotations

import pytest
from promql_parser import parse

from stack.dashboards.followed import CHOSEN, followers, strays
from stack.promql.labels import Labels

VARIABLES = [
    {"name": "env", "type": "query", "query": "label_values(up, env)"},
    {"name": "host", "type": "query", "query": {"query": 'label_values(up{env=~"$env"}, instance)'}},
    {"name": "disk", "type": "query", "query": 'label_values(x{instance="[[host]]"}, disk)'},
    {
        "name": "all",
        "type": "query",
        "query": 'label_values(up{env="$env"}, a)',
        "includeAll": True,
        "allValue": ".*",
    },
    {"name": "list", "type": "custom", "query": "$env,b"},
    {"name": "self", "type": "query", "query": "label_values($self, a)"},
]


def test_a_variable_follows_by_the_ones_that_its_query_names() -> None:
    assert followers({"templating": {"list": VARIABLES}}, "env") == {"env", "host", "disk"}
    assert followers({"templating": {"list": VARIABLES[1:]}}, "env") == frozenset()
    assert followers({}, "env") == frozenset()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('x{env="C"}', []),
        ('x{other=~"C|b"}', []),
        ("C_total", []),
        ("x", ["x"]),
        ('sum(x{env="C"}) / sum(y)', ["y"]),
        ('x{env="C"} / y', []),
        ('x / y{env="C"}', []),
        ("x / y", ["x"]),
        ('x unless y{env="C"}', ["x"]),
        ('x{env="C"} unless y', []),
        ('x and on (env) y{env="C"}', []),
        ('x and on (job) y{env="C"}', ["x"]),
        ('x and ignoring (job) y{env="C"}', []),
        ('x and ignoring (env) y{env="C"}', ["x"]),
        ('x{env="C"} or y', ["y"]),
        ('2 * x{env="C"}', []),
        ("rate(x[5m]) > 2", ["x"]),
        ("free", []),
        ('x{env="C"} / on () group_left () free', []),
        ("1", []),
    ],
)
def test_a_series_follows_by_itself_or_by_what_it_is_matched_with(
    expression: str, expected: list[str]
) -> None:
    tree = parse(expression.replace("C", CHOSEN))
    found = strays(tree, "env", lambda one: Labels(never=frozenset({"env"} if one.name == "free" else ())))

    assert list(found) == expected
