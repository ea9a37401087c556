"""Rule tests laid out beside the rendered rules, and what is wrong with them before they even run."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.core.memory import stamp
from stack.documents import mapping, mappings, strings
from stack.emit import from_yaml
from stack.errors import DefinitionInvalid
from stack.references import render_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pipelines.core.check import Inspection

__all__ = ["RuleTest", "lay_out"]

EXPECTATIONS = ("alert_rule_test", "promql_expr_test")


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test file of promtool's format.

    Args:
        name: `rules/tests/node_test.yml`.
        path: where it was laid out.
        faults: places and reasons why a pass of it would prove nothing; promtool itself passes on them.
        wanted: whether every rule file that it names is in use.
        verdict: the name of its verdict: of its text, and of the text of each rule file that it names.
    """

    name: str
    path: Path
    faults: tuple[tuple[str, str], ...] = ()
    wanted: bool = True
    verdict: str = ""


def lay_out(inspection: Inspection, folder: Path) -> tuple[RuleTest, ...]:
    """Write the rendered rules into a folder and their tests below it, so that `../<stem>.yml` leads to them.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    (folder / "tests").mkdir(parents=True)
    for file in inspection.rule_files:
        (folder / file.removeprefix("rules/")).write_bytes(inspection.tree.files[f"prometheus/{file}"])
    sources = inspection.stack.rule_tests.values()
    return tuple(_laid_out(source, folder / "tests" / source.name, inspection) for source in sources)


def _laid_out(source: Path, path: Path, inspection: Inspection) -> RuleTest:
    name = f"rules/tests/{source.name}"
    try:
        text = render_rules(source, inspection.stack.environment)
        document = mapping(from_yaml(text))
    except DefinitionInvalid as error:
        return RuleTest(name, path, ((name, str(error.fields["message"])),))
    except (yaml.YAMLError, ValueError, RecursionError):
        return RuleTest(name, path, ((name, "the test file is no YAML"),))
    path.write_bytes(text)
    stack = inspection.stack
    left_out = {f"../{stem}.yml" for stem in (*stack.environment.disable.rules, *stack.idle_rules)}
    wanted = not any(pattern in left_out for _, pattern in strings(document.get("rule_files")))
    faults = tuple(_faults(name, document, inspection)) if wanted else ()
    return RuleTest(name, path, faults, wanted, stamp((text, *_rested_on(document, inspection))))


def _rested_on(document: Mapping[str, Any], inspection: Inspection) -> Iterator[bytes]:
    patterns = [pattern for _, pattern in strings(document.get("rule_files"))]
    for file in inspection.rule_files:
        if any(_names(pattern, file) for pattern in patterns):
            yield file.encode()
            yield inspection.tree.files[f"prometheus/{file}"]


def _names(pattern: str, file: str) -> bool:
    return fnmatch(file, pattern.replace("..", "rules", 1))


def _faults(name: str, document: Mapping[str, Any], inspection: Inspection) -> Iterator[tuple[str, str]]:
    named: set[str] = set()
    for index, pattern in strings(document.get("rule_files")):
        matched = {file for file in inspection.rule_files if _names(pattern, file)}
        named |= matched
        if not matched:
            yield f"{name}: rule_files.{index}", f"there is no rule file '{pattern}'"
    if not strings(document.get("rule_files")):
        yield name, "it names no rule file"
    tests = mappings(document.get("tests"))
    if not tests:
        yield name, "it holds no tests"
    alerts = {rule.name for rule in inspection.alerts if rule.file in named}
    for index, test in tests:
        yield from ((f"{name}: tests.{index}", fault) for fault in _of_test(test, alerts))


def _of_test(test: Mapping[str, Any], alerts: set[str]) -> Iterator[str]:
    if not any(test.get(key) for key in EXPECTATIONS):
        yield "the test expects nothing"
    tested = {str(body.get("alertname")) for _, body in mappings(test.get("alert_rule_test"))}
    for alert in sorted(tested - alerts):
        yield f"it expects something of alert '{alert}', which its rule files do not have"
