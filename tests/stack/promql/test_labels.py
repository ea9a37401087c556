"""What is certain of a result's labels, and how far back an expression looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_parser import parse

from stack.promql.aggregation import plainly_keeps
from stack.promql.labels import labels_of
from stack.promql.syntax import reach

NAMES = ["env", "job", "x"]


@pytest.mark.parametrize(
    ("expression", "lacking"),
    [
        ("a", ""),
        ("-(a) * 2", ""),
        ("vector(1)", ""),
        ("absent(sum(a))", ""),
        ("sum(a)", "env job x"),
        ("sum by (env) (a)", "job x"),
        ("sum by (env) (sum by (job) (a))", "env job x"),
        ("sum without (x) (sum by (env, x) (a))", "job x"),
        ("topk by (env) (1, a)", ""),
        ('count_values by (env) ("x", a)', "job"),
        ("rate(a[5m]) > 2", ""),
        ("2 < sum by (env) (a)", "job x"),
        ("scalar(a) + sum by (env) (a)", "job x"),
        ("a + sum by (env) (b)", "job x"),
        ("a + on (env) b", "job x"),
        ("a > on (env) sum by (job) (b)", "env job x"),
        ("a + ignoring (x) b", "x"),
        ("a + on (env) group_left (x) sum by (env, x) (b)", ""),
        ("sum by (env) (a) * on (env) group_left (x) b", "job"),
        ("a * on (env) group_right (x) sum by (env) (b)", "job"),
        ("a * on (env) group_left () sum by (env) (b)", ""),
        ("sum without (x) (a) or b", ""),
        ("a and sum(b)", ""),
        ("sum by (env) (a) unless b", "job x"),
        ("sum by (env) (a) or sum by (job) (b)", "x"),
        ("sum by (env) (a) or sum without (x) (b)", "x"),
        ("max_over_time(sum by (env) (a)[5m:])", "job x"),
        ('label_replace(sum by (env) (a), "x", "1", "", "")', "job"),
        ("histogram_quantile(0.9, sum by (env, le) (a))", "job x"),
        ("quantile_over_time(0.9, a[5m])", ""),
    ],
)
def test_a_result_lacks_just_what_is_dropped(expression: str, lacking: str) -> None:
    assert [name for name in NAMES if labels_of(parse(expression)).lack(name)] == lacking.split()


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("a", 0),
        ("rate(a[5m])", 300),
        ("rate(a[5m] offset 1h)", 3900),
        ("a offset 1h + rate(b[2h])", 7200),
        ("max_over_time(rate(a[5m])[1h:] offset 1d)", 90300),
        ("sum(a offset -1h)", -3600),
    ],
)
def test_ranges_and_offsets_within_one_another_add_up(expression: str, seconds: float) -> None:
    assert reach(parse(expression)) == seconds


clause = st.lists(st.sampled_from(NAMES), max_size=3).map(lambda names: f"({', '.join(names)})")
grouping = st.tuples(st.sampled_from(["", "by", "without"]), clause).map(
    lambda two: " ".join(two) if two[0] else ""
)
expressions = st.recursive(
    st.sampled_from(["a", "rate(b[5m])", "vector(1)", "absent(c)"]),
    lambda inner: st.one_of(
        st.builds("{0} {1} ({2})".format, st.sampled_from(["sum", "max", "group"]), grouping, inner),
        st.builds("{0}({2}) {1}".format, st.sampled_from(["avg", "count"]), grouping, inner),
        st.builds("topk {0} (2, {1})".format, grouping, inner),
        st.builds(
            "({0}) {1} ({2})".format, inner, st.sampled_from(["+", "and", "or", "> bool", "unless"]), inner
        ),
        st.builds("({0}) / on {1} ({2})".format, inner, clause, inner),
        st.builds("({0}) * ignoring {1} group_left ({2})".format, inner, clause, inner),
    ),
    max_leaves=6,
)


@given(expression=expressions, name=st.sampled_from(NAMES))
def test_a_look_at_the_text_never_overlooks_a_dropped_label(expression: str, name: str) -> None:
    assert not (plainly_keeps(expression, [name]) and labels_of(parse(expression)).lack(name))
