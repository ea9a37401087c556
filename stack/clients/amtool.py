"""amtool: Alertmanager's own judge of its configuration and its routes, and its template engine.

Source: https://prometheus.io/docs/alerting/latest/alertmanager/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.clients.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from stack.clients.command import Completed

__all__ = ["Amtool", "Rendering", "Verdict", "verdicts"]

FAILED = re.compile(r"^\s*(?:Checking '.*?'\s*)?FAILED:\s*")
LINE = re.compile(r"^\s*(?:yaml: )?line (?P<line>\d+): ")
INCOMPATIBLE = re.compile(r'level=(?:WARN|warn)\b.*incompatible.*?\binput="(?P<input>(?:[^"\\]|\\.)*)"')
SUGGESTION = re.compile(r'\bsuggestion="(?P<suggestion>(?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that amtool says of a configuration.

    Args:
        message: what it says.
        line: the line it says it of, 0 where it names none.
        fatal: whether Alertmanager would refuse the configuration.
    """

    message: str
    line: int = 0
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a template gives, or why it gives nothing."""

    text: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Amtool:
    """One amtool."""

    path: Path

    def check_config(self, file: Path) -> tuple[Verdict, ...]:
        """Check a configuration and the template files that it names.

        Raises:
            CommandFailed: amtool is missing or does not end.
        """
        return verdicts(run([self.path, "check-config", file]))

    def misrouted(self, file: Path, labels: Mapping[str, str], receivers: Sequence[str]) -> tuple[str, ...]:
        """Give who is told of an alert, where it is not just these in this order; nothing where it is.

        Args:
            file: the configuration.
            labels: the alert's.
            receivers: who must be told.

        Raises:
            CommandFailed: amtool is missing, does not end, or cannot read the configuration or the labels.
        """
        flags = (f"--config.file={file}", f"--verify.receivers={','.join(receivers)}")
        words = (f"{name}={_quoted(value)}" for name, value in labels.items())
        done = run([self.path, "config", "routes", "test", *flags, "--", *words])
        answers = [line for line in done.stdout.splitlines() if line and not line.startswith("WARNING")]
        if done.code and not answers:
            done.checked()
        return tuple(answers[0].split(",")) if done.code else ()

    def render(self, template: Path, *, globs: Sequence[str], data: Path, html: bool = False) -> Rendering:
        """Render a template file with a notification's data, as Alertmanager would.

        Args:
            template: the file.
            globs: patterns of further template files that it may refer to.
            data: a JSON file with the notification's data.
            html: whether it is escaped as HTML is.

        Raises:
            CommandFailed: amtool is missing or does not end.
        """
        patterns = (*self._defaults(), *globs, str(template))
        known = [f"--template.glob={pattern}" for pattern in patterns]
        kind = f"--template.type={'html' if html else 'text'}"
        text = f'{{{{ template "{template.name}" . }}}}'
        words = [*known, kind, f"--template.data={data}", f"--template.text={text}"]
        done = run([self.path, "template", "render", *words])
        return Rendering(fault=_reason(done, template.name)) if done.code else Rendering(done.stdout)

    def _defaults(self) -> list[str]:
        # Debian's build does not carry the default templates in itself; they lie beside it.
        return [str(self.path.resolve().parents[1] / "share/prometheus/alertmanager/*.tmpl")]


def verdicts(done: Completed) -> tuple[Verdict, ...]:
    """Read what amtool says; a failure always has at least one fatal verdict."""
    # Older ones write their warnings to stderr, newer ones to stdout.
    lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    found = tuple(dict.fromkeys((*_failures(lines), *_warnings(lines))))
    if done.code and not any(verdict.fatal for verdict in found):
        return (Verdict((done.said or f"exit code {done.code}").splitlines()[-1]), *found)
    return found


def _failures(lines: Sequence[str]) -> Iterator[Verdict]:
    for line in lines:
        text, place = FAILED.sub("", line), LINE.match(FAILED.sub("", line))
        if place:
            yield Verdict(text[place.end() :].strip(), int(place["line"]))
        elif text != line and text.strip() and not text.endswith("unmarshal errors:"):
            yield Verdict(text.strip())


def _warnings(lines: Sequence[str]) -> Iterator[Verdict]:
    for line in lines:
        if match := INCOMPATIBLE.search(line):
            better = SUGGESTION.search(line)
            instead = f"; write {_plain(better['suggestion'])}" if better else ""
            said = f"the matcher {_plain(match['input'])} is read differently by the coming parser{instead}"
            yield Verdict(said, fatal=False)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def _reason(done: Completed, template: str) -> str:
    """Give the last line; a place in the rendered template itself is left out, one in another file stays."""
    last = (done.said or f"exit code {done.code}").splitlines()[-1]
    text = last.removeprefix("amtool: error: ").removeprefix("template: ")
    return re.sub(rf'^{re.escape(template)}:\d+(?::\d+)?: (?:executing "[^"]*" )?', "", text)
