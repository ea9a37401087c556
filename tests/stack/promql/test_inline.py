"""A recorded series, replaced by what it is made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from promql_parser import parse

from stack.clients.promtool import Promtool
from stack.promql.inline import Recorded, inlined, recorded_in
from tests.real import tool

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {
    "a:x:rate5m": Recorded("sum by (a) (rate(x[5m]))", interval="15s"),
    "a:x:twice": Recorded("2 * a:x:rate5m", {"made": "here"}),
    "round": Recorded("round"),
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("up > 5", "up > 5"),
        ("a:x:rate5m > 5", "(sum by (a) (rate(x[5m]))) > 5"),
        ("a:x:rate5m[1h]", "(sum by (a) (rate(x[5m])))[1h:15s]"),
        ('"a:x:rate5m"', '"a:x:rate5m"'),
        ("sum by (round) (up)", "sum by (round) (up)"),
        ("round(up)", "round(up)"),
        ("a:x:twice", 'label_replace((2 * (sum by (a) (rate(x[5m])))), "made", "here", "", "")'),
        ("round", "(round)"),
    ],
)
def test_a_series_is_replaced_and_nothing_else(expression: str, expected: str) -> None:
    assert inlined(expression, KNOWN) == expected


@pytest.mark.parametrize(
    "expression", ["a:x:rate5m offset 5m", "a:x:rate5m{a='1'}[5m] @ 7", "1 + a:x:rate5m OFFSET 1h"]
)
def test_an_offset_cannot_be_had_of_an_expression(expression: str) -> None:
    with pytest.raises(ValueError, match="a:x:rate5m is read with"):
        inlined(expression, KNOWN)


def test_what_an_expression_rests_on_is_named() -> None:
    assert recorded_in("a:x:twice > 1 or a:x:twice > 2", KNOWN) == ("a:x:twice", "a:x:rate5m")
    assert recorded_in("up", KNOWN) == ()


SELECTED = [
    "a:x:rate5m",
    'a:x:rate5m{a="1"}',
    'a:x:rate5m{a!="1"}',
    'a:x:rate5m{a=~"1|3"}',
    'a:x:rate5m{a!~"1|3", a!=""}',
    'a:x:twice{made="here"}',
    'a:x:twice{made="there"}',
    'a:x:twice{made="here", a=~"[12]"} > 0.3',
    "max_over_time(a:x:rate5m[2m])",
    "sum(a:x:twice) / sum(a:x:rate5m)",
]


@pytest.mark.integration
def test_the_real_prometheus_finds_the_same_by_both_ways(tmp_path: Path) -> None:
    rules = [
        {"record": name, "expr": rule.expression, "labels": dict(rule.labels)}
        for name, rule in KNOWN.items()
        if name != "round"
    ]
    groups = [{"name": "g", "interval": "15s", "rules": rules}]
    (tmp_path / "r.yml").write_text(json.dumps({"groups": groups}))
    series = [{"series": f'x{{a="{a}"}}', "values": f"0+{a}x60"} for a in (1, 2, 3)]
    for expression in SELECTED:
        whole = inlined(expression, KNOWN)
        parse(whole)
        # Each has what the other lacks not, and the values are the same.
        same = f"count(({expression}) unless ({whole}))", f"count(({whole}) unless ({expression}))"
        apart = f"count(abs(({expression}) - ({whole})) > 1e-9)"
        asked = [{"expr": one, "eval_time": "14m", "exp_samples": []} for one in (*same, apart)]
        test = {"interval": "15s", "input_series": series, "promql_expr_test": asked}
        document = {"rule_files": ["r.yml"], "evaluation_interval": "15s", "tests": [test]}
        (tmp_path / "t.yml").write_text(json.dumps(document))
        assert Promtool(tool("promtool")).test_rules([tmp_path / "t.yml"]) == "", whole
