"""Every check against its cases, small files in tests/cases/checks/<check>/: what goes in, what is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.check import Check
from pipelines.stages.validate import TOOLS
from stack.discover import definitions
from stack.emit import from_yaml
from stack.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.core.check import Inspection
    from stack.report import Problem

CASES = Path(__file__).parents[2] / "cases" / "checks"
CHECKS = definitions("pipelines.checks", "CHECK", Check)


def cases(*, with_tools: bool) -> list[Any]:
    """List the cases of the checks that run a real program, or of the others."""
    files = (path for path in sorted(CASES.glob("*/*.yaml")) if is_tool(path.parent.name) is with_tools)
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in files]


def is_tool(check: str) -> bool:
    """Whether a check runs a real program."""
    return check.startswith(TOOLS)


def found(path: Path, inspect: Callable[..., Inspection], tools: Mapping[str, Path]) -> list[str]:
    """Run the check of a case over what the case gives."""
    seen = inspect(from_yaml(path.read_text()), tools)
    report = Report.of(CHECKS[path.parent.name].run(seen))
    assert {problem.check for problem in report.problems} <= {path.parent.name}
    return sorted(said(problem).replace(f"{seen.folder}/", "") for problem in report.problems)


def said(problem: Problem) -> str:
    """Write a problem as the cases do."""
    return f"{problem.severity.name.lower()} {problem.where}: {problem.summary}"


def expected(path: Path) -> list[str]:
    """Give what a case says is found."""
    return sorted(from_yaml(path.read_text())["finds"])


@pytest.mark.parametrize("path", cases(with_tools=False))
def test_a_check_finds_what_its_case_says(path: Path, inspect: Callable[..., Inspection]) -> None:
    assert found(path, inspect, {}) == expected(path)


@pytest.mark.integration
@pytest.mark.parametrize("path", cases(with_tools=True))
def test_a_real_program_finds_what_its_case_says(
    path: Path, inspect: Callable[..., Inspection], tools: Mapping[str, Path]
) -> None:
    assert found(path, inspect, tools) == expected(path)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_has_a_page_a_case_that_finds_and_one_that_is_silent(name: str) -> None:
    results = [expected(path) for path in (CASES / name).glob("*.yaml")]
    page = CASES.parents[2] / "docs" / "checks" / f"{name}.md"
    if CHECKS[name].online:  # what it asks is no file
        assert Path(__file__).with_name(f"test_{name}.py").exists(), "no test of its own"
    else:
        assert any(results), "no case in which it finds something"
        assert not all(results), "no case in which it is silent"
    assert page.read_text().startswith(f"# {name}\n"), "no page in docs/checks"
    assert CHECKS[name].proves


def test_every_case_and_every_page_is_of_a_check() -> None:
    pages = {path.stem for path in (CASES.parents[2] / "docs" / "checks").glob("*.md")}
    offline = {name for name, check in CHECKS.items() if not check.online}
    assert pages == set(CHECKS)
    assert {path.name for path in CASES.iterdir()} == offline
