"""Whether a program knows its flags: the real programs are asked, and start nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.assemble import assemble, services
from stack.clients.flags import refusals
from stack.environment import Environment
from stack.report import Severity
from stack.upgrade import upgrades
from tests.tools import tools

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

REAL = [name for name, service in services().items() if service.program and name != "grafana"]


@pytest.mark.parametrize("name", REAL)
def test_each_program_knows_what_we_start_it_with_and_names_what_it_does_not(
    name: str, tmp_path: Path
) -> None:
    stack = assemble(Environment(name="local", services=dict.fromkeys(REAL, True)), root=tmp_path)
    program, *flags = services()[name].process(stack).argv
    path = tools(program)[program]

    assert list(refusals(path, flags)) == []
    strange = [flags[0], "--no.such=1", *flags[1:], "--nor-this"]
    assert [flag for flag, _ in refusals(path, strange)] == ["--no.such=1", "--nor-this"]


def test_what_is_said_to_be_gone_is_refused_by_the_real_prometheus() -> None:
    path = tools("prometheus")["prometheus"]
    gone = [flag for change in upgrades()["prometheus"].changes for flag in change.flags]

    assert {flag for flag, _ in refusals(path, [f"{flag}=1d" for flag in gone])} == {
        f"{flag}=1d" for flag in gone
    }


def test_a_program_that_fails_without_a_word_ends_the_question(tmp_path: Path) -> None:
    path = tmp_path / "mute"
    path.write_text("#!/bin/sh\nexit 3\n")
    path.chmod(0o755)
    assert list(refusals(path, ["--a"])) == [("--a", "it says nothing")]


def test_the_severe_ones_are_those_that_end_the_start() -> None:
    for known in upgrades().values():
        for change in known.changes:
            assert not change.flags or change.severity is Severity.ERROR
