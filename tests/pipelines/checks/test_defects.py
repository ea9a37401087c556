"""What was wrong in real stacks whose linters were green: each defect is told, at its place.

A case is a part of such a stack as it stood; every check looks at it, and what the case names must be among
what they find.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.core.check import Check
from stack.discover import definitions
from stack.emit import from_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.core.check import Inspection

CASES = sorted((Path(__file__).parents[2] / "cases" / "defects").glob("*.yaml"))
CHECKS = definitions("pipelines.checks", "CHECK", Check)


@pytest.mark.integration
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_defect_is_told_at_its_place(
    path: Path, inspect: Callable[..., Inspection], tools: Mapping[str, Path]
) -> None:
    case = from_yaml(path.read_text())
    seen = inspect(case, tools)
    offline = (check for check in CHECKS.values() if not check.online)
    found = [f"{one.check} {one.where}: {one.summary}" for check in offline for one in check.run(seen)]

    missed = [wanted for wanted in case["finds"] if not any(one.startswith(wanted) for one in found)]
    assert case["finds"]
    assert missed == [], found
