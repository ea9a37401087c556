"""Many small test files judged at once, and what is remembered of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.core.memory import Memory
from pipelines.rule_tests.judge import FEWEST, MOST, Job, Judge, named

if TYPE_CHECKING:
    from pathlib import Path

RULES = b"groups: [{name: a, rules: [{alert: A, expr: up == 0}, {record: b, expr: up}]}]"
WRONG = b"groups: [{name: a, rules: [{alert: A, expr: up ==}]}]"


def job(value: int, rules: bytes = RULES) -> Job:
    """Expect a value of a series that is always 1."""
    test = f"""
rule_files: [{named(rules)}]
tests:
  - input_series: [{{series: up, values: "1"}}]
    promql_expr_test: [{{expr: b, eval_time: 0s, exp_samples: [{{labels: b, value: {value}}}]}}]
"""
    return Job(test.encode(), {"rules/a.yml": rules})


@pytest.fixture
def noting(tmp_path: Path, promtool: Path) -> Path:
    """The real promtool, its calls noted."""
    program = tmp_path / "promtool"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nexec {promtool} "$@"\n')
    program.chmod(0o755)
    return program


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines() if (folder / "calls").exists() else []


@pytest.mark.integration
def test_each_of_many_jobs_has_its_own_verdict_and_few_calls_are_made(tmp_path: Path, noting: Path) -> None:
    jobs = [job(at % 3) for at in range(2 * FEWEST)]
    seen: list[tuple[int, int]] = []
    judge = Judge(noting, Memory(), lambda done, total: seen.append((done, total)))
    verdicts = judge.of(jobs)
    assert len(verdicts) == 3
    assert [bool(verdicts[one.key].said) for one in jobs[:3]] == [True, False, True]
    assert "exp: b 2E+00" in verdicts[jobs[2].key].said[0].replace('{__name__="b"}', "b")
    assert all(verdict.seconds > 0 for verdict in verdicts.values())
    assert (len(calls(tmp_path)), seen[-1]) == (1, (3, 3))


@pytest.mark.integration
def test_passes_are_remembered_or_failures_as_it_is_wanted(tmp_path: Path, noting: Path) -> None:
    judge = Judge(noting, Memory(tmp_path / "passed"))
    good, bad = job(1), job(2)
    for count in (1, 2):
        verdicts = judge.of([good, bad])
        assert (verdicts[good.key].said, len(verdicts[bad.key].said)) == ((), 1)
        assert len(calls(tmp_path)) == count, "the failure is tried again"
    for _ in range(2):
        verdicts = judge.of([good, bad], passing=False)
        assert (verdicts[good.key].said, len(verdicts[bad.key].said)) == ((), 1)
    assert ".0-1.test.yml" not in calls(tmp_path)[-1].replace(" ", "."), "the pass is tried again"
    assert len(calls(tmp_path)) == 4


@pytest.mark.integration
def test_rule_files_are_called_by_their_own_names(tmp_path: Path, promtool: Path) -> None:
    one = job(1, WRONG)
    (said,) = Judge(promtool, Memory()).of([one])[one.key].said
    assert said.startswith('rules/a.yml: 1:45: group "a", rule 1, "A"')


@pytest.mark.integration
def test_a_promtool_that_writes_no_results_is_asked_of_each_file(tmp_path: Path, promtool: Path) -> None:
    old = tmp_path / "promtool"
    old.write_text(
        '#!/bin/sh\ncase "$*" in *--junit*) echo "unknown long flag --junit" >&2; exit 1 ;; esac\n'
        f'exec {promtool} "$@"\n'
    )
    old.chmod(0o755)
    good, bad, wrong = job(1), job(2), job(1, WRONG)
    verdicts = Judge(old, Memory()).of([good, bad, wrong])
    assert verdicts[good.key].said == ()
    assert verdicts[bad.key].said[0].lstrip().startswith('expr: "b", time: 0s,')
    assert verdicts[wrong.key].said[0].startswith("rules/a.yml: 1:45: group")


@pytest.mark.integration
def test_nothing_is_left_behind_and_no_call_takes_too_many(
    tmp_path: Path, noting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("pipelines.rule_tests.judge.os.cpu_count", lambda: 1)
    verdicts = Judge(noting, Memory()).of([job(at) for at in range(4 * MOST + 1)])
    assert sum(not verdict.said for verdict in verdicts.values()) == 1
    counts = [line.count(".test.yml") for line in calls(tmp_path)]
    assert max(counts) <= MOST
    assert len(counts) == 5
    assert list((tmp_path / "scratch").iterdir()) == []


def test_no_job_is_no_call(tmp_path: Path) -> None:
    (tmp_path / "promtool").touch()
    assert Judge(tmp_path / "promtool", Memory()).of([]) == {}
