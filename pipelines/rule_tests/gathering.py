"""Gathers the rules of an environment and their tests from where they lie."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.core.source import Source
from pipelines.rule_tests.ruleset import Ruleset, Suite
from stack.documents import mapping, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.check import Inspection
    from pipelines.core.rules import RuleFile

__all__ = ["leads_to", "ruleset_of"]


def ruleset_of(inspection: Inspection) -> Ruleset:
    """Gather the rules that an environment loads, those that it could, and their tests.

    Raises:
        OSError: a file cannot be read.
    """
    return inspection.once("ruleset", lambda: _gathered(inspection))


def _gathered(inspection: Inspection) -> Ruleset:
    environment = inspection.stack.environment
    loaded = {name: inspection.rule_file(name) for name in inspection.rule_files}
    files = {**{file.name: file for file in inspection.idle_files}, **loaded}
    sources = [
        Source.rendered(f"rules/tests/{path.name}", path, environment)
        for path in inspection.stack.rule_tests.values()
    ]
    left_out = {f"../{stem}.yml" for stem in environment.disable.rules}
    return Ruleset(
        files, tuple(_suite(source, files) for source in sources if not _is_left_out(source, left_out))
    )


def _is_left_out(source: Source, left_out: set[str]) -> bool:
    named = strings(mapping(source.document).get("rule_files"))
    return any(pattern in left_out for _, pattern in named)


def _suite(source: Source, files: Mapping[str, RuleFile]) -> Suite:
    patterns = [pattern for _, pattern in strings(mapping(source.document).get("rule_files"))]
    named = (file for name, file in files.items() if any(leads_to(pattern, name) for pattern in patterns))
    return Suite(source, tuple(named))


def leads_to(pattern: str, name: str) -> bool:
    """Say whether an entry of `rule_files`, seen from `rules/tests/`, names a rule file."""
    parts: list[str] = ["rules", "tests"]
    for part in PurePosixPath(pattern).parts:
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    wanted = name.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, wanted, parts))
