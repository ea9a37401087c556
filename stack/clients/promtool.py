"""promtool: Prometheus' own judge of its configuration, its rules and their tests.

Source: https://prometheus.io/docs/prometheus/latest/command-line/promtool/
"""

from __future__ import annotations

import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from stack.clients.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from stack.clients.command import Completed

__all__ = ["Complaint", "Promtool", "complaints"]

FAILED = re.compile(r"^(?:\S+ )?FAILED:\s*")
CONFIGURATION = re.compile(r"^parsing YAML file (?P<file>.+?\.ya?ml): ")
PLACE = re.compile(r"^(?P<file>\S[^:]*\.ya?ml): (?:(?P<line>\d+):\d+: )?")
LINE = re.compile(r"^(?:yaml: )?line (?P<line>\d+): ")
DUPLICATE = re.compile(r"^lint error \d+ duplicate rule")
ANNOUNCEMENTS = {"", "yaml: unmarshal errors:"}
"""What is written before the complaints themselves."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that promtool does not accept.

    Args:
        message: what it says.
        file: the file it says it of, as it names it; empty where it names none.
        line: the line there, 0 where it names none.
        repeats: the rule that stands more than once in one file, where that is the complaint.
    """

    message: str
    file: str = ""
    line: int = 0
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class Promtool:
    """One promtool."""

    path: Path

    def check_config(self, file: Path) -> tuple[Complaint, ...]:
        """Check a configuration and every rule file that it names, lint included.

        Raises:
            CommandFailed: promtool is missing or does not end.
        """
        return complaints(self._run("check", "config", "--lint=all", "--lint-fatal", file))

    def check_web_config(self, file: Path) -> tuple[Complaint, ...]:
        """Check a web configuration: TLS, users and their hashes.

        Raises:
            CommandFailed: promtool is missing or does not end.
        """
        return complaints(self._run("check", "web-config", file))

    def discovered(self, file: Path, job: str) -> list[dict[str, Any]]:
        """Say what becomes of a job's targets, nothing where that cannot be told.

        Each is `{"discoveredLabels": {…}, "labels": {…}}`, without labels where it is dropped. promtool
        always waits to the end of the time that it is given.

        Raises:
            CommandFailed: promtool is missing or does not end.
        """
        done = self._run("check", "service-discovery", "--timeout=500ms", file, job)
        try:
            found = json.loads(done.stdout)
        except ValueError:
            return []  # the configuration is none: `check_config` says why
        return found if isinstance(found, list) else []

    def test_rules(self, files: Sequence[Path]) -> str:
        """Run rule tests and give what it says of those that fail, nothing where all pass.

        Raises:
            CommandFailed: promtool is missing or does not end.
        """
        done = self._run("test", "rules", *files)
        return (done.stderr.strip() or done.said or f"exit code {done.code}") if done.code else ""

    def run_tests(self, files: Sequence[str], folder: Path) -> Mapping[str, tuple[str, ...]]:
        """Run rule tests and give what it says of each file, nothing of one whose tests all pass.

        Args:
            files: their names in the folder.
            folder: where they lie.

        Raises:
            CommandFailed: promtool is missing or does not end.
        """
        results = folder / f"{files[0]}.results.xml"
        self._run("test", "rules", f"--junit={results}", *files, cwd=folder)
        found = _failures(results, files)
        results.unlink(missing_ok=True)
        if found is not None:
            return found
        # One that cannot write results (before 3.0), or that fell over: its exit code tells of one at a time.
        return {file: self._alone(file, folder) for file in files}

    def analyze(self, folder: Path, blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Read every chunk of blocks of a TSDB, several of them at once.

        Args:
            folder: where the blocks lie.
            blocks: the ULID of each, also the name of its folder.

        Yields:
            Each block, in order, with what is wrong with it: nothing where it is whole.

        Raises:
            CommandFailed: promtool is missing or does not end.
        """
        try:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                yield from zip(
                    blocks, pool.map(lambda block: self._analysis(folder, block), blocks), strict=True
                )
        finally:
            for leftover in folder.glob("tmp_dbro_sandbox*"):
                shutil.rmtree(leftover, ignore_errors=True)

    def _analysis(self, folder: Path, block: str) -> str:
        done = self._run("tsdb", "analyze", "--extended", folder, block)
        return (done.said or f"exit code {done.code}").splitlines()[-1] if done.code else ""

    def _alone(self, file: str, folder: Path) -> tuple[str, ...]:
        done = self._run("test", "rules", file, cwd=folder)
        said = FAILED.sub("", done.stderr.strip()) or done.said or f"exit code {done.code}"
        return (said,) if done.code else ()

    def _run(self, *words: str | Path, cwd: Path | None = None) -> Completed:
        # It lives for a second at most: collecting garbage more rarely saves it a tenth of its time.
        return run([self.path, *words], env={"GOGC": "400"}, cwd=cwd, timeout=600.0)


def _failures(results: Path, files: Sequence[str]) -> Mapping[str, tuple[str, ...]] | None:
    """Read results in JUnit's format, in which the files stand in their order; None where they are none."""
    try:
        suites = ET.parse(results).findall("testsuite")  # noqa: S314 # promtool's own words
    except (OSError, ET.ParseError):
        return None
    said = [[one.text or "" for one in suite.iter() if one.tag in {"failure", "error"}] for suite in suites]
    if len(said) != len(files):
        return None
    return {file: tuple(text.strip("\n") for text in texts) for file, texts in zip(files, said, strict=True)}


def complaints(done: Completed) -> tuple[Complaint, ...]:
    """Read what promtool complains of; a failure always has at least one complaint."""
    if not done.code:
        return ()
    found = tuple(dict.fromkeys(_read(done.stderr.splitlines())))
    last = (done.said or f"exit code {done.code}").splitlines()[-1]
    return found or (Complaint(last.strip()),)


def _read(lines: Sequence[str]) -> Iterator[Complaint]:
    file, listing = "", False
    for line in lines:
        text = FAILED.sub("", line.strip())
        if DUPLICATE.match(text) or listing:
            # What follows are the rules' names and labels, up to a closing remark.
            listing = not text.startswith("Might cause")
            if text.startswith("Metric: "):
                yield Complaint("the rule stands more than once in this file", repeats=text[8:])
            continue
        complaint = _placed(text, "" if FAILED.match(line.strip()) else file)
        file = complaint.file
        if complaint.message not in ANNOUNCEMENTS:
            yield complaint


def _placed(text: str, file: str) -> Complaint:
    """Take the place off the front of a complaint."""
    text, line = text.strip(), 0
    if match := CONFIGURATION.match(text) or PLACE.match(text):
        file, text = match["file"], text[match.end() :]
        line = int(match.groupdict().get("line") or 0)
    if match := LINE.match(text):
        line, text = int(match["line"]), text[match.end() :]
    return Complaint(text, file, line)
