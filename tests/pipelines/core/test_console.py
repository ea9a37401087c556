"""A terminal gets colours, a pipe gets plain text, and JSON has standard output for itself."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.core.console import Console
from stack.report import Problem, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
ESCAPE = "\x1b"
REPORT = Report.of(
    [
        Problem("a", "f.yaml:1:2", "is wrong", hint="mend it"),
        Problem("b", "", "[red]might be", Severity.WARNING),
        Problem("c", "", "is so", Severity.INFORMATION),
    ]
)
SHOW = """\
from pipelines.core.console import Console
console = Console()
with console.stage("render"):
    console.doing("at it")
    console.fetching("prometheus", 5_000_000, 10_000_000)
console.item("✓", "an item")
console.end("the end")
"""


def show(console: Console) -> None:
    """Print one of everything."""
    with console.stage("render"):
        console.doing("at it")
        console.fetching("prometheus", 5_000_000, None)
        console.fetching("prometheus", 5_000_000, 10_000_000)
    console.say("plain [bold]text[/]", "and more")
    console.item("✓", "an [i]item[/]")
    console.table(("NAME", "VALUE"), [("a" * 60, "[b]x"), ("b", "y" * 120)])
    console.report(REPORT)
    console.end("the end")


def test_a_pipe_gets_plain_text_as_wide_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    show(Console())
    lines = capsys.readouterr().out.splitlines()

    assert not any(ESCAPE in line for line in lines)
    assert lines[0].startswith("✓ render")
    assert lines[0].endswith(" s")
    assert lines[1:4] == ["plain [bold]text[/]", "and more", "  ✓ an [i]item[/]"]
    assert lines[-4:] == [
        "  ✗ f.yaml:1:2: is wrong (mend it)",
        "  ! [red]might be",
        "  · is so",
        "the end",
    ]
    assert lines[4:7] == [f"NAME{' ' * 58}VALUE", f"{'a' * 60}  [b]x", f"b{' ' * 61}{'y' * 120}"]


def test_a_table_in_a_pipe_has_a_line_per_row(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(("NAME", "ERROR"), [("deploy", "[b]word " * 60), ("check", "x" * 200), ("a", "")])

    assert capsys.readouterr().out.splitlines() == [
        "NAME    ERROR",
        f"deploy  {'[b]word ' * 60}".rstrip(),
        f"check   {'x' * 200}",
        "a",
    ]


@pytest.mark.parametrize("good", [True, False])
def test_a_stage_ends_with_its_mark_whether_it_passed_or_not(
    good: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console()
    with suppress(ZeroDivisionError), console.stage("apply"):
        assert 1 / good

    assert capsys.readouterr().out.startswith("✓ apply" if good else "✗ apply")
    console.doing("nothing is going on, so nothing is shown")
    assert capsys.readouterr().out == ""


def test_json_has_standard_output_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(json=True)
    show(console)
    assert capsys.readouterr() == ("", "")

    console.result({"ä": 1})
    console.answer({"not": "again"})
    said = capsys.readouterr()
    assert (json.loads(said.out), said.err) == ({"ä": 1}, "")


def test_who_asks_for_json_gets_a_document_though_the_task_has_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console(json=True).answer({"exit_code": 0})
    assert json.loads(capsys.readouterr().out) == {"exit_code": 0}

    Console().answer({"exit_code": 0})
    Console().result({"exit_code": 0})
    assert capsys.readouterr().out == ""


def test_a_document_is_printed_whether_json_was_asked_for_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(json=True)
    console.document([1])
    console.answer([2])
    Console().document([3])

    assert capsys.readouterr().out == "[\n  1\n]\n[\n  3\n]\n"


def on_a_terminal(words: list[str], **variables: str) -> str:
    """Run a program with a terminal for its output, and give what arrives there."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    env = {**kept, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONPATH": str(ROOT), **variables}
    with subprocess.Popen(words, stdout=theirs, stderr=theirs, stdin=theirs, env=env) as process:
        os.close(theirs)
        said = b"".join(read(ours))
        assert process.wait(timeout=30) == 0
    os.close(ours)
    return said.decode()


def read(terminal: int) -> Iterator[bytes]:
    """Read what a terminal shows until its last user has gone, which Linux tells by an error."""
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            return
        if not data:
            return
        yield data


def test_a_terminal_gets_colours_and_what_a_stage_is_at() -> None:
    said = on_a_terminal([sys.executable, "-c", SHOW])

    assert f"{ESCAPE}[32m✓" in said
    assert f"{ESCAPE}[1;32mthe end" in said
    assert "fetching prometheus ━━━" in said


def test_a_terminal_that_wants_no_colours_gets_none() -> None:
    assert f"{ESCAPE}[32m" not in on_a_terminal([sys.executable, "-c", SHOW], NO_COLOR="1")
