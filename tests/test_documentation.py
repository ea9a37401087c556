"""What the pages speak of exists: tasks, variables, exit codes, files; no file tells where it was written."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

import tasks
from stack import errors
from stack.discover import stems

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda page: page.relative_to(ROOT).as_posix()
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
INVOKE = re.compile(r"\binvoke ((?:--?[\w-]+(?:[= ][\w./-]+)? )*)([a-z]+(?:\.[a-z]+)?)(?=[\s`;,.)\]:]|$)(.*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
VARIABLE = re.compile(r"\bMONITORING_[A-Z]+(?:_[A-Z]+)*\b")
PEOPLE = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/\w")
INDEX = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host")
CORE_OPTIONS = {"--list", "--help", "--version"}
DECLARED = {
    "MONITORING_AGE_KEY",
    "MONITORING_AGE_KEY_FILE",
    "MONITORING_ENV",
    "MONITORING_SITE",
    "MONITORING_VAR",
}
"""Variables of ours that a user may set."""
INNER = {"MONITORING_INSIDE"}
"""One that a container of ours has, so that a run in it knows where it is."""


def name(path: Path) -> str:
    """Name a file as a reader would."""
    return path.relative_to(ROOT).as_posix()


@cache
def options() -> dict[str, set[str]]:
    """Give the long options of every task, by each of its names."""
    found = {}
    for task_name, others in tasks.namespace.task_names.items():
        flags = {flag for argument in tasks.namespace[task_name].get_arguments() for flag in argument.names}
        for alias in (task_name, task_name.removesuffix(".run"), *others):
            found[alias] = {f"--{flag.replace('_', '-')}" for flag in flags}
    return found


def commands(page: Path) -> Iterator[tuple[str, str, str]]:
    """Give every `invoke` that a page speaks of: the line, the task and what follows it."""
    for line in page.read_text().splitlines():
        for call in re.split(r";\s+(?=invoke )|`", line):
            if found := INVOKE.search(call):
                yield line, found[2], found[3].partition("#")[0]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [
        link for link in LINK.findall(page.read_text()) if "://" not in link and not link.startswith("#")
    ]

    assert [link for link in links if not (page.parent / unquote(link.partition("#")[0])).exists()] == []


def test_every_task_and_option_that_a_page_names_exists() -> None:
    found = [(name(page), *command) for page in PAGES for command in commands(page)]
    unknown = [entry for entry in found if entry[2] not in options()]
    strange = [
        (page, line, flag)
        for page, line, task, rest in found
        if task in options()
        for flag in OPTION.findall(rest)
        if flag not in options()[task] | CORE_OPTIONS
    ]

    assert len(found) >= 10
    assert unknown == []
    assert strange == []


def test_the_readme_names_every_verb_that_one_needs() -> None:
    told = {task.partition(".")[0] for _, task, _ in commands(ROOT / "README.md")}

    assert {"deploy", "status", "logs", "rollback", "stop", "start", "restart", "destroy", "schema"} <= told


def test_every_variable_that_a_page_or_the_code_reads_is_one_of_ours() -> None:
    read = re.compile(r"environ(?:\.get\(|\[)\"(MONITORING_\w+)\"")
    sources = [path for top in ("stack", "pipelines") for path in (ROOT / top).rglob("*.py")]

    assert {found for path in sources for found in read.findall(path.read_text())} == DECLARED | INNER
    assert {found for page in PAGES for found in VARIABLE.findall(page.read_text())} <= DECLARED


def exit_codes() -> set[int]:
    """Give every exit code that a task can end with."""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    own = {kind.exit_code for kind in kinds if issubclass(kind, errors.StackError)}
    return own | {0, 2, 130}  # all is well, a plan with changes, interrupted


def test_the_readme_has_just_the_exit_codes_that_there_are() -> None:
    section = (ROOT / "README.md").read_text().partition("## Exit codes")[2].partition("Licence:")[0]
    told = [int(code) for code in re.findall(r"(?:^|· )(\d+) ", section, re.MULTILINE)]

    assert len(told) == len(set(told))
    assert set(told) == exit_codes()


def test_every_check_has_its_page_and_every_page_its_check() -> None:
    assert {path.stem for path in (ROOT / "docs" / "checks").glob("*.md")} - {"README"} == set(
        stems("pipelines.checks")
    )


def tracked() -> list[Path]:
    """Name every file that is, or is about to be, part of the repository."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no clone, so nobody knows which files belong to it")
    return [
        path for word in done.stdout.split(b"\0") if word and (path := ROOT / os.fsdecode(word)).is_file()
    ]


def given_away() -> list[str]:
    """Name this checkout, this home, and the hosts that packages come from here."""
    indexes = [value for variable, value in os.environ.items() if variable.endswith("INDEX_URL")]
    hosts = [host for index in indexes if (host := urlsplit(index).hostname)]
    return [f"{ROOT}/", *([f"{Path.home()}/"] if len(Path.home().parts) > 2 else []), *hosts]


def test_nothing_tells_where_this_was_written_or_where_packages_came_from() -> None:
    words = re.compile("|".join([re.escape(word) for word in given_away()] + [PEOPLE.pattern, INDEX.pattern]))
    found = [
        f"{name(path)}: {hit[0]}"
        for path in tracked()
        if path != Path(__file__) and (hit := words.search(path.read_bytes().decode(errors="ignore")))
    ]

    assert found == []


def test_the_lock_has_a_digest_for_every_package_and_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [number for number, line in enumerate(lines) if "==" in line]

    assert pins
    assert all("--hash=sha256:" in lines[number + 1] for number in pins)
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text().partition("dependencies = [")[2].partition("\n]\n")[0]
    named = re.findall(r'^    "([\w-]+)', text, re.MULTILINE)

    assert len(named) >= 10
    told = (ROOT / "docs" / "dependencies.md").read_text()
    assert [package for package in named if f"| {package} |" not in told and package != "nox"] == []
