"""Programs are looked for once a run; what an environment can do without is left out with one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.core.toolbox import Toolbox
from stack.binaries import Binary
from stack.errors import BinaryMissing
from tests.pipelines.core.doubles import release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stack.environment import Environment
    from stack.programs import Program


class Shelf:
    """Has every program but those named, and notes what it is asked for."""

    def __init__(self, *missing: str) -> None:
        self.missing = missing
        self.asked: list[str] = []
        self.told: list[str] = []
        self.toolbox = Toolbox(self, self.told.append)

    def __call__(self, programs: Iterable[Program], environment: Environment) -> Mapping[str, Binary]:
        names = [program.name for program in programs]
        self.asked += names
        for name in names:
            if name in self.missing:
                raise BinaryMissing(program=name, version="1.0", reasons="path: not there")
        return {program.name: _binary(program) for program in programs}


def _binary(program: Program) -> Binary:
    places = {command: Path(f"/opt/{program.name}/{command}") for command in program.executables}
    return Binary(program.name, "1.0", "path", places)


STACK = release().stack
LENIENT = STACK.environment.model_copy(update={"require_all": False})
OPTIONAL = "grafana"


def test_a_program_is_looked_for_once_however_often_it_is_needed() -> None:
    shelf = Shelf()
    found = shelf.toolbox.find(STACK)
    again = shelf.toolbox.find(STACK)
    shelf.toolbox.tools(STACK)

    assert found == again
    assert set(found) == {service.program.name for service in STACK.services.values() if service.program}
    assert sorted(shelf.asked) == sorted(found)


def test_the_judges_are_found_though_their_servers_do_not_run() -> None:
    tools = Shelf().toolbox.tools(replace(STACK, services={}))

    assert {"promtool", "amtool", "prometheus", "alertmanager"} == set(tools)


def test_an_optional_service_that_no_source_has_is_switched_off_with_one_line() -> None:
    shelf = Shelf(OPTIONAL)
    found = shelf.toolbox.attainable(LENIENT, STACK.services.values())

    assert found.disable.services == (OPTIONAL,)
    assert shelf.told == ["going on without grafana: no source has grafana 1.0: path: not there"]
    assert found.model_copy(update={"disable": LENIENT.disable}) == LENIENT


def test_what_was_switched_off_before_stays_off() -> None:
    before = LENIENT.model_copy(
        update={"disable": LENIENT.disable.model_copy(update={"services": ("sink",)})}
    )

    assert Shelf(OPTIONAL).toolbox.attainable(before, STACK.services.values()).disable.services == (
        "sink",
        OPTIONAL,
    )


def test_where_everything_is_there_the_environment_is_the_same() -> None:
    shelf = Shelf()

    assert shelf.toolbox.attainable(LENIENT, STACK.services.values()) is LENIENT
    assert shelf.told == []


def test_an_environment_that_wants_all_of_it_is_not_even_asked() -> None:
    shelf = Shelf(OPTIONAL)

    assert shelf.toolbox.attainable(STACK.environment, STACK.services.values()) is STACK.environment
    assert shelf.asked == []
    with pytest.raises(BinaryMissing):
        shelf.toolbox.find(STACK)


def test_a_service_that_is_not_optional_is_never_left_out() -> None:
    shelf = Shelf("prometheus")
    assert shelf.toolbox.attainable(LENIENT, STACK.services.values()) is LENIENT
    with pytest.raises(BinaryMissing):
        shelf.toolbox.find(STACK)
