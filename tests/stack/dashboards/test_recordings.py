"""Which recordings need not be there yet."""

from __future__ import annotations

from stack.dashboards.recordings import not_due, waits_for

GROUPS = [
    {"name": "often", "interval": 15, "rules": [{"name": "a:b", "type": "recording"}]},
    {
        "name": "rarely",
        "interval": 120,
        "rules": [{"name": "a:mean1h", "type": "recording"}, {"name": "Alert", "type": "alerting"}],
    },
]


def test_what_is_recorded_rarely_is_due_after_its_first_evaluation() -> None:
    assert not_due(GROUPS, 134.0) == {"a:mean1h": "the first evaluation of group rarely, every 2m00s"}
    assert not_due(GROUPS, 136.0) == {}


def test_an_expression_waits_for_a_recording_that_it_names() -> None:
    late = {"a:mean1h": "x"}

    assert waits_for('100 * a:mean1h{env="dev"}', late) == "x"
    assert waits_for("aa:mean1h + a:mean1hh + a:b", late) == ""
