"""Reports: the worst first, one line each."""

from __future__ import annotations

from stack.report import Problem, Report, Severity


def test_a_report_is_true_until_it_holds_an_error() -> None:
    warning = Problem("a", "x.yml:1", "odd", Severity.WARNING)

    assert Report.of([warning])
    assert not Report.of([warning, Problem("b", "y.yml:2", "wrong")])


def test_problems_are_sorted_the_worst_first_and_told_once() -> None:
    error, warning = Problem("b", "z", "wrong"), Problem("a", "a", "odd", Severity.WARNING)

    assert Report.of([warning, error, warning]).problems == (error, warning)


def test_one_error_is_its_own_summary_and_more_are_counted() -> None:
    one, two = Problem("a", "x.yml:1", "wrong", hint="mend it"), Problem("a", "x.yml:2", "wrong")

    assert Report.of([one]).summary() == "x.yml:1: wrong (mend it)"
    assert Report.of([one, two]).summary() == "2 problem(s) found"
    assert Report.of([]).summary() == "no problem found"
    assert Report.of([one]).serialise()[0]["severity"] == "error"


def test_a_problem_is_one_line_whatever_it_quotes() -> None:
    assert Problem("a", "x.yml:1", "no 'a\nb'", hint="mend\nit").line() == "x.yml:1: no 'a\\nb' (mend\\nit)"
