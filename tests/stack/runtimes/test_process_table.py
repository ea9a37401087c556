"""The process table: what a kept release was made with is read back as it was."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stack.environment import Environment
from stack.runtimes.process_table import PATH, process_table, read_table
from stack.service import Process, Service, Stack
from stack.tree import Tree

processes = st.builds(
    Process,
    argv=st.lists(st.text(), min_size=1).map(tuple),
    env=st.dictionaries(st.text(), st.text()),
    reads=st.lists(st.text()).map(tuple),
)


def stack(found: dict[str, Process]) -> Stack:
    services = {
        name: Service(name, "", 1, lambda _, process=process: process)  # type: ignore[misc] # one each
        for name, process in found.items()
    }
    return Stack(Environment(name="test"), services, services)


@given(st.dictionaries(st.text(min_size=1), processes, max_size=3))
def test_what_is_written_is_read_back(found: dict[str, Process]) -> None:
    assert read_table(Tree(process_table(stack(found)))) == found


def test_the_table_does_not_depend_on_the_order_of_services() -> None:
    a, b = Process(("a",)), Process(("b",))

    assert process_table(stack({"a": a, "b": b})) == process_table(stack({"b": b, "a": a}))
    assert list(process_table(stack({}))) == [PATH]


def test_without_a_release_or_without_a_table_there_is_no_process() -> None:
    nothing: dict[str, Any] = {}

    assert read_table(None) == nothing
    assert read_table(Tree({})) == nothing
