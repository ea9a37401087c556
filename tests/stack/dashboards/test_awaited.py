"""What need not be there: rare recordings, rules that are not loaded, services that are not watched."""

from __future__ import annotations

import pytest

from stack.dashboards.awaited import Awaited, awaited

GROUPS = [
    {"name": "often", "interval": 15, "rules": [{"name": "a:b", "type": "recording"}]},
    {
        "name": "rarely",
        "interval": 120,
        "rules": [{"name": "a:mean1h", "type": "recording"}, {"name": "Alert", "type": "alerting"}],
    },
]
FIRST = "the first evaluation of group rarely, every 2m00s"
NOBODY = "a rule records x:y, which none does here"


@pytest.mark.parametrize(
    ("age", "expression", "event"),
    [
        (134.0, '100 * a:mean1h{env="dev"}', FIRST),
        (136.0, "a:mean1h", ""),
        (1.0, "a:b + Alert + up", ""),
        (1.0, "rate(redis_up[5m:1m] offset 1h)", "redis is watched"),
        (1.0, "sum by (x) (x:y)", NOBODY),
        (1.0, 'up{instance="x:y", a=~"redis_up"}', ""),
        (1.0, "max_over_time(up[5m:10s])", ""),
    ],
)
def test_an_expression_waits_for_what_it_names(age: float, expression: str, event: str) -> None:
    assert awaited(GROUPS, age, {"redis_up": "redis is watched"}).event(expression) == event


def test_where_nobody_has_asked_everything_must_be_there() -> None:
    assert Awaited().event("x:y + redis_up") == ""
