"""What promtool complains of, read from what it writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.command import Completed
from stack.clients.promtool import Complaint, complaints


def ended(stderr: str, *, code: int = 1, stdout: str = "") -> Completed:
    """Give a promtool that has ended."""
    return Completed(("promtool",), code, stdout, stderr)


@pytest.mark.parametrize(
    ("stderr", "wanted"),
    [
        pytest.param(
            '  FAILED:\nr/a.yml: 5:11: group "g", rule 1, "A": could not parse expression: 1:5: no\n',
            [Complaint('group "g", rule 1, "A": could not parse expression: 1:5: no', "r/a.yml", 5)],
            id="an expression",
        ),
        pytest.param(
            "  FAILED:\nr/a.yml: yaml: unmarshal errors:\n  line 11: field forr\n  line 12: field x\n",
            [Complaint("field forr", "r/a.yml", 11), Complaint("field x", "r/a.yml", 12)],
            id="unknown fields",
        ),
        pytest.param(
            "  FAILED:\nr/a.yml: yaml: line 2: did not find\nr/a.yml: yaml: line 2: did not find\n",
            [Complaint("did not find", "r/a.yml", 2)],
            id="no YAML, said twice",
        ),
        pytest.param(
            "  FAILED: parsing YAML file p.yml: yaml: unmarshal errors:\n  line 4: field jobname not found\n",
            [Complaint("field jobname not found", "p.yml", 4)],
            id="a key of the configuration",
        ),
        pytest.param(
            '  FAILED: parsing YAML file p.yml: "http://a:1" is not a valid hostname\n',
            [Complaint('"http://a:1" is not a valid hostname', "p.yml")],
            id="a value of the configuration",
        ),
        pytest.param(
            "  FAILED:\nlint error 2 duplicate rule(s) found.\nMetric: B\nLabel(s):\n\tteam: x\nMetric: C\n"
            "Label(s):\nMight cause inconsistency while recording expressions\n  FAILED: too long\n",
            [
                Complaint("the rule stands more than once in this file", repeats="B"),
                Complaint("the rule stands more than once in this file", repeats="C"),
                Complaint("too long"),
            ],
            id="repeated rules, and what comes behind",
        ),
        pytest.param(
            "web.yml FAILED: yaml: unmarshal errors:\n  line 2: field foo not found\n",
            [Complaint("field foo not found", "", 2)],
            id="a web configuration",
        ),
    ],
)
def test_each_complaint_has_its_place(stderr: str, wanted: list[Complaint]) -> None:
    assert list(complaints(ended(stderr))) == wanted


@given(stderr=st.text(), stdout=st.text(), code=st.integers(1, 3))
def test_a_failure_is_never_without_a_complaint(stderr: str, stdout: str, code: int) -> None:
    found = complaints(ended(stderr, code=code, stdout=stdout))
    assert found
    assert all(isinstance(complaint.message, str) for complaint in found)


def test_a_success_has_none_whatever_was_written() -> None:
    assert complaints(ended("  FAILED: not really", code=0)) == ()
