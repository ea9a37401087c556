"""From the table to programs of this machine: placeholders filled in, each difference another fingerprint."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stack.binaries import Binary
from stack.environment import Environment
from stack.programs import Program
from stack.runtimes import processes
from stack.runtimes.layout import Layout
from stack.runtimes.process_table import process_table
from stack.runtimes.processes import FINGERPRINT, programs
from stack.service import Process, Service, Stack
from stack.tree import Tree

LAYOUT = Layout(Path("/lab"))
FOREIGN = Process(
    argv=("server", "--home={program}", "--data={root}/data", "--name={{x}}"),
    env={"PLACE": "{root}/a", "HOME": "{program}"},
    reads=("web/web.ini",),
)
OWN = Process(("{python}", "-m", "ours", "--store={root}/data"))
BINARY = Binary("web", "1.0", "test", {"server": Path("/opt/web/bin/server")}, digests={"server": "aaa"})


def made(process: Process = FOREIGN, binary: Binary | None = BINARY, text: bytes = b"x") -> Any:
    program = Program("web", ("server",), "1.0") if binary else None
    service = Service("web", "", 1, lambda _: process, program=program)
    stack = Stack(Environment(name="test"), {"web": service}, {"web": service})
    tree = Tree({**process_table(stack), "web/web.ini": text, "web/other.ini": text})
    return programs(stack, tree, {"web": binary} if binary else {}, LAYOUT)["web"]


def test_a_foreign_program_is_started_from_its_place_with_every_placeholder_filled() -> None:
    program = made()

    assert program.argv == ("/opt/web/bin/server", "--home=/opt/web", "--data=/lab/data", "--name={{x}}")
    assert (program.env["PLACE"], program.env["HOME"]) == ("/lab/a", "/opt/web")
    assert (program.folder, program.log) == (LAYOUT.work("web"), LAYOUT.log("web"))


def test_our_own_program_runs_by_our_interpreter_and_finds_our_code() -> None:
    program = made(OWN, None)

    assert program.argv == (sys.executable, "-m", "ours", "--store=/lab/data")
    assert (Path(program.env["PYTHONPATH"]) / "stack" / "exporters").is_dir()


@pytest.mark.parametrize(
    "other",
    [
        lambda: made(replace(FOREIGN, argv=("server", "--home={program}"))),
        lambda: made(replace(FOREIGN, env={"PLACE": "{root}/b", "HOME": "{program}"})),
        lambda: made(binary=replace(BINARY, digests={"server": "bbb"})),
        lambda: made(text=b"y"),
        lambda: made(OWN, None),
    ],
    ids=["words", "variables", "program", "file read at the start", "another"],
)
def test_whatever_needs_another_process_gives_another_fingerprint(other: Any) -> None:
    assert other().env[FINGERPRINT] != made().env[FINGERPRINT]
    assert other().env[FINGERPRINT] == other().env[FINGERPRINT]


def test_a_file_that_is_read_again_at_a_reload_leaves_the_fingerprint() -> None:
    free = replace(FOREIGN, reads=())

    assert made(free, text=b"y").env[FINGERPRINT] == made(free).env[FINGERPRINT]


def test_our_own_process_is_another_when_our_code_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made(OWN, None).env[FINGERPRINT]
    (tmp_path / "stack" / "exporters").mkdir(parents=True)
    (tmp_path / "stack" / "exporters" / "ours.py").write_text("")
    monkeypatch.setattr(processes, "REPOSITORY", tmp_path)
    processes._own_code.cache_clear()
    try:
        assert made(OWN, None).env[FINGERPRINT] != before
    finally:
        processes._own_code.cache_clear()
