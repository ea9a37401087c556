"""The tasks as a shell sees them: names, help, options, exit codes, and what is printed where."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from invoke.program import Program

import tasks
from stack.discover import folders, stems
from tests.pipelines.core.shell import ROOT, WIDTH, Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from invoke.tasks import Task

COMMON = {"env", "site", "set", "json"}
PIPELINES = stems("pipelines")
COMMANDS = stems("pipelines.commands")
GROUPED = tuple(
    f"{group}.{verb}"
    for group in folders("pipelines.commands")
    for verb in stems(f"pipelines.commands.{group}")
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "var")


def every_task() -> Iterator[tuple[str, Task[Any]]]:
    """Give every task by the name that a command line uses."""
    for name in tasks.namespace.task_names:
        yield name, tasks.namespace[name]


TASKS = dict(every_task())
HELP = {name: dict(task.help or {}) for name, task in TASKS.items()}


def test_the_list_has_one_short_line_for_each_pipeline_stage_and_command(shell: Shell) -> None:
    code, out, err = shell("--list")
    lines = [line for line in out.splitlines() if line.startswith("  ")]

    assert (code, err) == (0, "")
    assert {line.split()[0] for line in lines} == {name.removesuffix(".run") for name in TASKS} ^ {
        *PIPELINES,
        *(f"{name}.run" for name in PIPELINES),
    }
    assert all(len(line) <= WIDTH and line.rstrip().endswith(".") for line in lines), lines


def test_every_pipeline_and_command_is_a_task_and_every_stage_of_it() -> None:
    expected = {*COMMANDS, *GROUPED}
    for name in PIPELINES:
        module = __import__(f"pipelines.{name}", fromlist=["PIPELINE"])
        *stages, last = module.PIPELINE.stages
        expected |= {f"{name}.run", *(f"{name}.{step.name}" for step in stages)}
        expected |= {f"{name}.{last.name}"} if last.load else set()

    assert set(TASKS) == expected


@pytest.mark.parametrize("name", TASKS)
def test_a_task_explains_itself_and_each_of_its_options(name: str) -> None:
    task = TASKS[name]
    task.help = dict(HELP[name])  # Invoke takes out of it what it has used
    arguments = {argument.name: argument for argument in task.get_arguments()}

    assert arguments.keys() >= COMMON
    assert all(argument.help and argument.help[0].islower() for argument in arguments.values())
    assert (task.__doc__ or "").strip()
    assert all(len(flag) > 1 for argument in arguments.values() for flag in argument.names)


@pytest.mark.parametrize("words", [("deploy", "--help"), ("--help", "logs"), ("logs", "--help")])
def test_help_is_printed_and_nothing_is_run(words: tuple[str, ...], shell: Shell) -> None:
    code, out, err = shell(*words)

    assert (code, err) == (0, "")
    assert "Options:" in out
    assert all(f"--{name}" in out for name in COMMON)
    assert not shell.var.exists()


@pytest.mark.parametrize("name", TASKS)
def test_help_works_for_every_task(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(name, "--help") == 0
    assert (TASKS[name].__doc__ or "").split("\n")[0] in capsys.readouterr().out


def run(*words: str) -> int:
    """Run tasks in this process, and give the exit code."""
    with pytest.raises(SystemExit) as ended:
        Program(namespace=tasks.namespace, name="invoke").run(["invoke", *words], exit=True)
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nope"], "No idea what 'nope' is!"),
        (["status", "--nope"], "No idea what '--nope' is!"),
        (["logs", "--nope"], "No idea what '--nope' is!"),
        (["logs", "node", "more"], "No idea what 'more' is!"),
        (["deploy.nope"], "No idea what 'deploy.nope' is!"),
    ],
)
def test_what_is_no_task_and_no_flag_is_refused_in_one_line(
    words: list[str], line: str, shell: Shell
) -> None:
    assert shell(*words) == (1, "", f"{line}\n")
    assert not shell.var.exists()


def test_positionals_may_be_left_out(shell: Shell) -> None:
    assert shell("logs") == (0, "", "")
    assert shell("logs", "node") == (10, "there is no log of 'node'; there are: none\n", "")
    assert shell("logs", "--lines", "5", "node")[0] == 10
    assert shell("logs", "--service", "node")[0] == 10
    assert shell("boot")[1] == "boot takes `enable` or `disable`, not ''\n"


def test_several_tasks_run_in_their_order_also_behind_one_that_takes_a_name(shell: Shell) -> None:
    code, out, _ = shell("releases", "logs", "runs")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith(("RELEASE", "BEGAN"))] == [
        "RELEASE  ACTIVATED  PROVED",
        "BEGAN  ENVIRONMENT  TASK  RESULT  SECONDS  RELEASE  ERROR",
    ]


def test_the_first_task_that_fails_is_the_last_one(shell: Shell) -> None:
    code, out, _ = shell("status", "runs")

    assert code == 10
    assert out == "nothing is deployed in environment local; run `invoke deploy`\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status"], 10),
        (["check.render", "--env", "nope"], 3),
        (["deploy.plan", "--set", "ports.nope=1"], 3),
        (["rollback", "abc"], 10),
        (["rollback", "--release", "abc"], 10),
        (["deploy.smoke"], 10),
        (["logs", "--lines", "x"], 1),
        (["destroy"], 1),
        (["runs"], 0),
        (["releases"], 0),
        (["stop"], 0),
        (["schema"], 0),
    ],
)
def test_json_has_standard_output_for_itself_also_where_a_task_fails(
    words: list[str], code: int, shell: Shell
) -> None:
    ended, out, err = shell(*words, "--json")
    document = json.loads(out)

    assert (ended, err) == (code, "")
    if code:
        assert document["exit_code"] == code
        assert document.keys() == {"error", "exit_code", "hint", "problems"}


def test_the_problems_of_an_environment_are_in_the_json(shell: Shell) -> None:
    _, out, _ = shell("check.render", "--json", "--set", "ports.promethues=1", "--set", "retention=x")

    problems = json.loads(out)["problems"]
    assert len(problems) == 2
    assert any("prometheus" in problem["summary"] + problem["hint"] for problem in problems)


@pytest.mark.parametrize("words", [("--list",), ("status",), ("runs",), ("check.render", "--env", "nope")])
def test_a_pipe_gets_no_escape_codes(words: tuple[str, ...], shell: Shell) -> None:
    _, out, err = shell(*words, TERM="xterm-256color")

    assert "\x1b" not in out + err


def test_tasks_run_from_a_folder_below_the_repository(shell: Shell) -> None:
    shell.folder = ROOT / "stack" / "services"

    assert shell("runs")[0] == 0


@pytest.mark.parametrize(("unwanted", "keeps"), [("", True), ("1", False)])
def test_what_is_compiled_is_kept_for_the_next_run_unless_nobody_wants_it(
    unwanted: str, keeps: bool, shell: Shell, tmp_path: Path
) -> None:
    shell("--list", PYTHONDONTWRITEBYTECODE=unwanted, PYTHONPYCACHEPREFIX=str(tmp_path))

    assert any(tmp_path.rglob("deploy.*.pyc")) is keeps


def test_listing_imports_nothing_that_is_slow() -> None:
    slow = ("pydantic", "requests", "rich", "psutil", "jinja2", "promql_parser", "grafana_foundation_sdk")
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, tasks; print([m for m in {slow!r} if m in sys.modules])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "[]\n"
