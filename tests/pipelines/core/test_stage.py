"""Pipelines: each stage gets what the one before it gave; a failure is set right and still told."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from pipelines.core.stage import Pipeline, from_disk, stage
from stack.errors import Refused, StackError

if TYPE_CHECKING:
    from pipelines.core.effects import Effects


class Recorder:
    """Notes the names of the stages that ran."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def stage(self, name: str) -> Any:
        self.names.append(name)
        return nullcontext()


def effects() -> Effects:
    return cast("Effects", SimpleNamespace(journal=Recorder(), console=Recorder()))


@stage
def double(value: int, effects: Effects) -> int:
    """Double it.

    More words.
    """
    return 2 * value


@stage
def tell(value: int, effects: Effects) -> str:
    """Tell it."""
    return f"it is {value}"


@stage
def refuse(value: str, effects: Effects) -> str:
    """Refuse it."""
    raise Refused(message=value)


def test_a_stage_is_named_and_explained_by_its_function() -> None:
    assert (double.name, double.summary) == ("double", "Double it.")


def test_values_flow_from_stage_to_stage_and_each_is_noted() -> None:
    doors = effects()

    assert Pipeline.of(double).then(tell).run(4, doors) == "it is 8"
    assert cast("Recorder", doors.journal).names == ["double", "tell"]
    assert cast("Recorder", doors.console).names == ["double", "tell"]


def test_a_prefix_runs_no_stage_behind_it() -> None:
    pipeline = Pipeline.of(double).then(tell).then(refuse)

    assert pipeline.until("tell").run(1, effects()) == "it is 2"
    with pytest.raises(ValueError, match="nope"):
        pipeline.until("nope")


@pytest.mark.parametrize("guarded", [True, False])
def test_only_a_guarded_stage_is_recovered_from_and_its_failure_is_raised(guarded: bool) -> None:
    told: list[StackError] = []
    pipeline = Pipeline.of(double).then(tell).then(refuse)
    pipeline = pipeline.recovering(refuse if guarded else double, by=lambda error, _: told.append(error))

    with pytest.raises(Refused, match="it is 6"):
        pipeline.run(3, effects())
    assert len(told) == guarded


def test_a_stage_can_say_where_its_value_lies_on_disk() -> None:
    loaded = from_disk(lambda _: 21)(double)

    assert loaded.load is not None
    assert loaded.run(loaded.load(effects()), effects()) == 42
