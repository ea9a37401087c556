"""What another version breaks: told where it matters, with where it is said, and nothing else."""

from __future__ import annotations

import pytest

from stack.upgrade import Change, Floor, Step, Upgrade, judge, upgrades

KNOWN = upgrades()


def found(program: str, running: str, wanted: str, *argv: str) -> list[tuple[str, str]]:
    """Give severity and line of each problem, without the sources."""
    problems = judge(Step(program, running, wanted, argv), KNOWN.get(program, Upgrade()))
    return [(one.severity.name[0], one.line()) for one in problems]


def errors(program: str, running: str, wanted: str, *argv: str) -> list[str]:
    return [line for severity, line in found(program, running, wanted, *argv) if severity == "E"]


@pytest.mark.parametrize("program", KNOWN)
def test_each_entry_says_where_it_is_said(program: str) -> None:
    entries: tuple[Change | Floor, ...] = (*KNOWN[program].changes, *KNOWN[program].floors)
    for entry in entries:
        assert entry.source.startswith("https://"), entry
        assert entry.what[0].islower() or entry.what[0] in "`AC", entry
        assert not entry.what.endswith(".")


@pytest.mark.parametrize("program", ["prometheus", "grafana", "unheard_of"])
def test_the_same_version_breaks_nothing_whatever_it_is_called(program: str) -> None:
    assert found(program, "3.5.3+ds1", "3.5.3", "--storage.tsdb.retention=1d") == []
    assert found(program, "1.86.0-1", "v1.86.0") == []


def test_a_flag_that_is_gone_is_told_only_where_it_is_used_and_on_the_way() -> None:
    flags = ("--storage.tsdb.retention=15d", "--storage.tsdb.retention.time=15d", "--alertmanager.timeout")
    lines = errors("prometheus", "2.53.1", "3.5.3", *flags)

    assert [line.partition(": since")[0] for line in lines] == [
        "prometheus 2.53.1 -> 3.5.3: --storage.tsdb.retention",
        "prometheus 2.53.1 -> 3.5.3: --alertmanager.timeout",
    ]
    assert lines[0].endswith("(take it out of `flags.prometheus`)")
    assert errors("prometheus", "2.53.1", "3.5.3", "--storage.tsdb.retention.time=15d") == []
    assert errors("prometheus", "3.1.0", "3.5.3", *flags) == []
    assert errors("prometheus", "2.45.0", "2.53.1", *flags) == []


def test_a_feature_that_is_gone_is_told_among_others() -> None:
    (line,) = errors("prometheus", "2.55.1", "3.0.0", "--enable-feature=native-histograms,agent")
    assert line.startswith("prometheus 2.55.1 -> 3.0.0: --enable-feature=agent: since 3.0 a flag of its own")
    used = "--enable-feature=receiver-name-in-metrics,auto-gomaxprocs"
    assert len(errors("alertmanager", "0.28.1", "0.33.1", used)) == 1
    assert errors("alertmanager", "0.28.1", "0.32.1", used) == []


def test_what_is_otherwise_for_everybody_is_a_warning_once() -> None:
    lines = found("prometheus", "2.45.0", "3.5.3")

    assert {severity for severity, _ in lines} == {"W"}
    assert len(lines) == len({line for _, line in lines}) == 5
    assert found("prometheus", "3.0.0", "3.5.3") == []


@pytest.mark.parametrize(
    ("program", "running", "wanted", "count"),
    [
        ("prometheus", "3.5.3", "2.54.1", 1),
        ("prometheus", "3.5.3", "2.55.0", 0),
        ("prometheus", "2.53.0", "2.45.0", 0),
        ("prometheus", "3.5.3", "3.1.0", 0),
        ("alertmanager", "0.33.0", "0.31.1", 1),
        ("alertmanager", "0.33.1", "0.31.1", 0),
        ("alertmanager", "0.31.1", "0.28.0", 0),
        ("grafana", "13.2.1", "13.2.0", 1),
        ("node_exporter", "1.11.1", "1.9.0", 0),
    ],
)
def test_a_downgrade_is_told_and_refused_where_the_data_does_not_go_back(
    program: str, running: str, wanted: str, count: int
) -> None:
    lines = found(program, running, wanted)

    assert lines[0][1].startswith(f"{program} {running} -> {wanted}: a downgrade")
    assert len(errors(program, running, wanted)) == count


def test_the_tsdb_floor_names_the_version_to_stop_at() -> None:
    (line,) = errors("prometheus", "3.0.0", "2.50.0")
    assert "2.55 is the oldest that reads it" in line
    assert line.endswith("(stop at 2.55)")


@pytest.mark.parametrize(
    ("running", "wanted", "missing"),
    [
        ("11.6.0", "13.2.1", "12"),
        ("10.4.1", "13.0.0", "11, 12"),
        ("12.4.0", "13.2.1", ""),
        ("9.5.0", "10.0.0", ""),
    ],
)
def test_a_major_of_grafana_that_is_left_out_is_told(running: str, wanted: str, missing: str) -> None:
    lines = errors("grafana", running, wanted)

    assert len(lines) == bool(missing)
    assert all(f"leaves out major version {missing} (" in line for line in lines)
    assert all(f"--set versions.grafana={int(running.partition('.')[0]) + 1}." in line for line in lines)


def test_prometheus_may_leave_majors_out() -> None:
    assert errors("prometheus", "2.55.0", "4.0.0") == []
