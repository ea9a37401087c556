"""The verbs that only look: status, open, releases, runs, logs, schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands import logs, open, releases, runs, schema, status  # noqa: A004 # a verb of ours
from pipelines.core.journal import Journal
from stack.errors import NothingKept, Refused
from stack.runtimes.protocol import ServiceStatus
from stack.schema import environment_schema
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.core.effects import Effects

GOOD, OTHER = release(), release(retention="3d")
WELL = ServiceStatus("node", "running", ready=True, port=9100, pid=7, version="1.11.1", uptime=90)
ILL = ServiceStatus("prometheus", "failing", ready=False, port=9090)


def shown(
    run: Callable[[Effects], int], doors: Effects, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[str]]:
    """Run a verb, and give its exit code and its lines."""
    return run(doors), capsys.readouterr().out.splitlines()


def answered(run: Callable[[Effects], int], doors: Effects, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a verb whose JSON is wanted, and give that."""
    run(doors)
    return json.loads(capsys.readouterr().out)


def test_status_has_a_row_per_service_and_a_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = Noting(tmp_path, statuses=(WELL,)).deployed(GOOD)
    code, lines = shown(status.run, effects(tmp_path, runtime), capsys)

    assert code == 0
    assert lines[1].split() == ["node", "running", "yes", "9100", "7", "1.11.1", "1.5m", "1", "MiB"]
    assert lines[-1] == f"local runs release {GOOD.id} (proved): every service is well"


@pytest.mark.parametrize(
    ("seconds", "age"), [(0, "0s"), (59, "59s"), (60, "1.0m"), (5400, "1.5h"), (86_400 * 3, "3.0d")]
)
def test_an_age_is_told_in_its_largest_unit(
    seconds: float, age: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = ServiceStatus("node", "running", ready=True, port=1, pid=1, uptime=seconds)
    runtime = Noting(tmp_path, statuses=(one,)).deployed(GOOD)
    assert age in shown(status.run, effects(tmp_path, runtime), capsys)[1][1].split()


@pytest.mark.parametrize("ill", [ILL, ServiceStatus("sink", "running", ready=False, port=9095, pid=1)])
def test_status_ends_with_1_where_one_service_is_not_well(
    ill: ServiceStatus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = Noting(tmp_path, statuses=(WELL, ill)).deployed(GOOD)
    code, lines = shown(status.run, effects(tmp_path, runtime), capsys)

    assert (code, "not every service is well" in lines[-1]) == (1, True)
    document = answered(status.run, effects(tmp_path, runtime, json=True), capsys)
    assert (document["release"], document["state"]) == (GOOD.id, "proved")
    assert [entry["ready"] for entry in document["services"]] == [True, False]


@pytest.mark.parametrize("verb", [status.run, open.run])
def test_before_the_first_deploy_there_is_nothing_to_look_at(
    verb: Callable[[Effects], int], tmp_path: Path
) -> None:
    with pytest.raises(NothingKept, match="nothing is deployed"):
        verb(effects(tmp_path))


def test_open_prints_addresses_and_where_the_password_is_but_not_the_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = Noting(tmp_path).deployed(GOOD)
    code, lines = shown(open.run, effects(tmp_path, runtime), capsys)

    assert code == 0
    assert any(line.split()[:2] == ["grafana", "http://127.0.0.1:3030"] for line in lines)
    assert lines[-1] == f"Grafana: user admin, password in {tmp_path}/secrets/grafana_admin_password"
    document = answered(open.run, effects(tmp_path, runtime, json=True), capsys)
    assert document["addresses"].keys() == GOOD.stack.services.keys()


def test_open_says_so_where_there_is_no_grafana(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runtime = Noting(tmp_path).deployed(release(services={"grafana": False}))

    assert shown(open.run, effects(tmp_path, runtime), capsys)[1][-1].startswith("no Grafana runs here")


def test_releases_are_listed_with_what_became_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = Noting(tmp_path).deployed(GOOD).deployed(OTHER, proved=False)
    code, lines = shown(releases.run, effects(tmp_path, runtime), capsys)

    assert code == 0
    assert [line.split()[0] for line in lines[1:3]] == [OTHER.id, GOOD.id]
    assert lines[1].endswith("Z  no      live")
    assert lines[2].startswith(f"{GOOD.id}  1970-01-01 00:16:40Z  yes")
    assert answered(releases.run, effects(tmp_path, runtime, json=True), capsys)[1] == {
        "release": GOOD.id,
        "activated": 1000.0,
        "proved": True,
        "live": False,
    }


def test_a_release_that_was_never_activated_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unused(Noting):
        def releases(self) -> tuple[tuple[str, float, bool], ...]:
            return (("abc", 0.0, False),)

    assert "never" in shown(releases.run, effects(tmp_path, Unused(tmp_path)), capsys)[1][1]


def test_runs_are_listed_the_newest_first_and_as_many_as_one_wants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "runs"
    for at, task in enumerate(("deploy", "check", "rollback")):
        journal = Journal(folder, task, "local", began=1_700_000_000.0 + at)
        journal.note(release="abc")
        journal.close(at, "x" * 200 if at else "")
    doors = effects(tmp_path, lines="2")
    code, lines = shown(runs.run, doors, capsys)

    assert code == 0
    assert [line.split()[2:5] for line in lines[1:-1]] == [
        ["local", "rollback", "failed"],
        ["local", "check", "failed"],
    ]
    assert lines[1].endswith(f"abc      {'x' * 80}")
    assert lines[-1] == f"3 run(s) on record in {folder}"
    assert len(answered(runs.run, effects(tmp_path, json=True, lines="1"), capsys)) == 1


def test_a_run_that_was_cut_off_is_told_as_such_and_strange_files_are_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "runs"
    with Journal(folder, "deploy", "local").stage("render"):
        pass
    for name, text in {"0.json": "{", "1.json": "[]", "2.json": "{}", "3.json": "null"}.items():
        (folder / name).write_text(text)
    (folder / "4.json").mkdir()
    _, lines = shown(runs.run, effects(tmp_path, lines="20"), capsys)

    assert len(lines) == 3
    assert "cut off" in lines[1]


def test_a_log_is_printed_by_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runtime = Noting(tmp_path, lines=("a", "[red]b", "c"))

    assert shown(logs.run, effects(tmp_path, runtime, service="node", lines="2"), capsys) == (
        0,
        ["[red]b", "c"],
    )
    doors = effects(tmp_path, runtime, service="node", lines="1", json=True)
    assert answered(logs.run, doors, capsys) == ["c"]


def test_without_a_name_the_end_of_every_log_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").mkdir()
    for name in ("sink.log", "node.log", "other.txt"):
        (tmp_path / "logs" / name).touch()
    doors = effects(tmp_path, Noting(tmp_path, lines=tuple(map(str, range(20)))), lines="200")
    _, lines = shown(logs.run, doors, capsys)

    assert lines == [f"{name}: {number}" for name in ("node", "sink") for number in range(10, 20)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"lines": "many"}, "--lines takes a whole number"),
        ({"lines": "1", "follow": True}, "--follow goes with the name of one service"),
        ({"lines": "1", "follow": True, "service": "node", "json": True}, "never with --json"),
    ],
)
def test_a_log_that_cannot_be_given_is_refused(values: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=message):
        logs.run(effects(tmp_path, **values))


def test_the_schema_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = json.loads(json.dumps(environment_schema()))
    for wants_json in (False, True):
        assert answered(schema.run, effects(tmp_path, json=wants_json), capsys) == expected

    out = tmp_path / "new" / "schema.json"
    code, lines = shown(schema.run, effects(tmp_path, out=str(out)), capsys)
    assert (code, json.loads(out.read_bytes())) == (0, expected)
    assert lines == [f"wrote {out}; point your editor's YAML plugin at it"]
