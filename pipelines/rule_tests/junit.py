"""Outcomes of rule tests as JUnit's XML, which build servers show.

Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.rule_tests.run import Ended, SuiteEnded
    from stack.report import Problem

__all__ = ["junit"]

NOT_OF_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold, escaped or not."""


def junit(ended: Mapping[str, Sequence[SuiteEnded]], others: Iterable[Problem] = ()) -> bytes:
    """Give a document with a suite for each test file of each environment, and a case for each test.

    Args:
        ended: how the tests ended, by environment.
        others: errors that belong to no test.
    """
    root = ET.Element("testsuites")
    for environment, suites in ended.items():
        for suite in suites:
            _add_suite(root, environment, suite)
    if problems := tuple(others):
        whole = ET.SubElement(
            root, "testsuite", name="rules", tests="1", errors=str(len(problems)), failures="0"
        )
        _add_problems(ET.SubElement(whole, "testcase", name="coverage", classname="rules"), "error", problems)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _add_suite(root: ET.Element, environment: str, suite: SuiteEnded) -> None:
    name = suite.suite.source.name
    failed = sum(bool(test.problems) for test in suite.tests)
    seconds = sum(test.seconds for test in suite.tests)
    element = ET.SubElement(
        root,
        "testsuite",
        name=_text(f"{environment}: {name}"),
        tests=str(len(suite.tests) + bool(suite.problems)),
        failures=str(failed),
        errors=str(int(bool(suite.problems))),
        time=f"{seconds:.3f}",
    )
    if suite.problems:
        case = ET.SubElement(
            element, "testcase", name="the file itself", classname=_text(f"{environment}.{name}")
        )
        _add_problems(case, "error", suite.problems)
    for test in suite.tests:
        _add_test(element, environment, test)


def _add_test(parent: ET.Element, environment: str, ended: Ended) -> None:
    name, _, rest = ended.test.where.partition(":")
    case = ET.SubElement(
        parent,
        "testcase",
        name=_text(ended.test.name),
        classname=_text(f"{environment}.{name}"),
        file=_text(name),
        line=rest.partition(":")[0],
        time=f"{ended.seconds:.3f}",
    )
    _add_problems(case, "failure", ended.problems)


def _add_problems(case: ET.Element, kind: str, problems: Iterable[Problem]) -> None:
    for problem in problems:
        found = ET.SubElement(case, kind, message=_text(problem.line()))
        found.text = _text(problem.details or problem.line())


def _text(text: str) -> str:
    return NOT_OF_XML.sub("\ufffd", text)
