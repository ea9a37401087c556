"""All that a lasting check may look at, in one digest: a check that is given the same says the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.memory import identity, program, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.service import Stack

__all__ = ["inputs"]

HERE = Path(__file__).resolve().parents[2]
CODE = (HERE / "dashboards", HERE / "pipelines", HERE / "stack")
KINDS = ("*.py", "*.json", "base.yaml")


def inputs(inspection: Inspection) -> str:
    """Digest an environment, its rendered files, the sources of its tests and contracts, the tools, our code.

    Raises:
        OSError: a source cannot be read.
    """
    return stamp(_parts(inspection))


def _parts(inspection: Inspection) -> Iterator[bytes]:
    yield _code()
    yield inspection.stack.environment.model_dump_json().encode()
    for path in sorted(inspection.tools.values()):
        yield program(path)
    for name, data in sorted(inspection.tree.files.items()):
        yield name.encode()
        yield data
    for source in _sources(inspection.stack):
        yield bytes(source)
        yield source.read_bytes()


def _sources(stack: Stack) -> Iterator[Path]:
    """Yield every file that is looked at and not rendered into the tree; a rendered one shows there."""
    for found in (stack.idle_rules, stack.rules_left_out, stack.rule_tests):
        yield from (path for _, path in sorted(found.items()))
    yield from (shown.path for _, shown in sorted(stack.dashboards.items()))
    yield from (path for _, paths in sorted(stack.metrics.items()) for path in paths)
    if stack.routing_tests:
        yield stack.routing_tests


def _code() -> bytes:
    """Tell one state of the code from another, without reading it; the locked packages are code too.

    So are the values that every environment begins with, and the shipped dashboards' JSON.
    """
    files = [file for folder in CODE for kind in KINDS for file in sorted(folder.rglob(kind))]
    return stamp(map(identity, (*files, HERE / "requirements.lock"))).encode()
