"""The rules of a file, and the lines that they stand on."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.rules import RuleFile, groups_of

TEXT = """\
groups:
  - name: first
    rules:
      - alert: Down
        expr: up == 0
        labels: {severity: page}
        annotations:
          summary: down
      - 7
      - record: a:b
        expr: 1
  - nothing
  - name: second
    rules: none
"""


def test_what_is_well_formed_is_read_and_the_rest_passed_over() -> None:
    first, second = groups_of("rules/x.yml", yaml.safe_load(TEXT))
    alert, record = first.rules

    assert (first.name, second.name, second.rules) == ("first", "second", ())
    assert (alert.kind, alert.name, alert.expression, alert.file) == (
        "alert",
        "Down",
        "up == 0",
        "rules/x.yml",
    )
    assert (dict(alert.labels), dict(alert.annotations)) == ({"severity": "page"}, {"summary": "down"})
    assert (record.kind, record.name, record.expression, dict(record.labels)) == ("record", "a:b", "1", {})


def test_a_rule_without_anything_has_empty_answers() -> None:
    [group] = groups_of("f", {"groups": [{"rules": [{}]}]})
    [rule] = group.rules

    assert (rule.kind, rule.name, rule.expression) == ("record", "", "")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["groups", "rules", "name", "alert"]), inner)
        ),
    )
)
def test_any_document_can_be_asked_for_its_groups(document: object) -> None:
    for group in groups_of("f", document):
        assert all(rule.group == group.name for rule in group.rules)


def test_a_line_is_that_of_the_value_or_of_the_last_known_one_before_it() -> None:
    file = RuleFile("rules/x.yml", TEXT.encode())

    assert file.line(("groups", 0, "rules", 0, "expr")) == 5
    assert file.line(("groups", 0, "rules", 2)) == 10
    assert file.line(("groups", 0, "rules", 0, "for")) == 4
    assert file.line(("groups", 99)) == 2
    assert file.line(("groups", 1, "deeper")) == 12
    assert RuleFile("rules/x.yml", b"").line(("groups",)) == 1
    assert [file.of(rule) for rule in file.rules] == [
        "rules/x.yml:4: first/Down",
        "rules/x.yml:10: first/a:b",
    ]
