"""An argument without a flag may be left out, and never swallows what follows it."""

from __future__ import annotations

from typing import Any

import pytest
from invoke.collection import Collection
from invoke.exceptions import ParseError
from invoke.parser import Parser

from pipelines.core.face import command_task, pipeline_collection

CONTEXTS = Collection(
    pipeline_collection("rollback"), *map(command_task, ("logs", "restart", "runs", "status"))
).to_contexts()


def parsed(*words: str) -> list[tuple[str, dict[str, Any]]]:
    """Read a command line: each task, and what it was given."""
    contexts = Parser(contexts=CONTEXTS).parse_argv(list(words))
    return [
        (
            str(context.name),
            {name: one.value for name, one in context.args.items() if one.got_value and one.value},
        )
        for context in contexts
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("logs", [("logs", {})]),
        ("logs node", [("logs", {"service": "node"})]),
        ("logs --service node", [("logs", {"service": "node"})]),
        ("logs --lines 5 node", [("logs", {"lines": "5", "service": "node"})]),
        ("logs node --lines=5 --follow", [("logs", {"lines": "5", "service": "node", "follow": True})]),
        ("rollback 0123abc --json", [("rollback.run", {"release": "0123abc", "json": True})]),
        ("restart status", [("restart", {}), ("status", {})]),
        ("restart node status", [("restart", {"service": "node"}), ("status", {})]),
        ("restart --env dev runs --lines 3", [("restart", {"env": "dev"}), ("runs", {"lines": "3"})]),
        ("logs logs logs", [("logs", {})] * 3),
        ("restart --service status", [("restart", {"service": "status"})]),
    ],
)
def test_a_command_line_means_what_it_says(line: str, found: list[tuple[str, dict[str, Any]]]) -> None:
    assert parsed(*line.split()) == found


@pytest.mark.parametrize("line", ["logs --nope", "logs node more", "restart -x", "rollback --nope abc"])
def test_what_nobody_knows_is_never_taken_for_a_name(line: str) -> None:
    with pytest.raises(ParseError, match="No idea what"):
        parsed(*line.split())
