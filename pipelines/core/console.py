"""What a person sees: a line per stage and service while it happens, one clear line at the end."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console as RichConsole
    from rich.status import Status

    from stack.report import Report

__all__ = ["Console"]


class Console:
    """Prints to a terminal in colours, to a pipe in plain text, and to nobody where JSON is wanted.

    Args:
        json: whether standard output belongs to the JSON result alone; nothing else is printed then.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self._answered = False
        self._rich: RichConsole | None = None
        self._status: Status | None = None

    @property
    def rich(self) -> RichConsole:
        """The terminal, made when it is first needed: `--list` never does."""
        if self._rich is None:
            from rich.console import Console as RichConsole  # slow to import

            self._rich = RichConsole(highlight=False, soft_wrap=True, quiet=self.json)
        return self._rich

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Show a stage while it runs, and its time when it has ended."""
        before = time.monotonic()
        with self.rich.status(f"{name} …") as status:
            self._status = status
            try:
                yield
            except BaseException:
                self._line("✗", "red", name, time.monotonic() - before)
                raise
            finally:
                self._status = None
        self._line("✓", "green", name, time.monotonic() - before)

    def doing(self, what: str) -> None:
        """Show what the running stage is at, in place of what it was at before."""
        if self._status:
            self._status.update(what)

    def fetching(self, what: str, have: int, total: int | None) -> None:
        """Show how far a download is, in bytes."""
        self.doing(f"fetching {what} {_bar(have, total)}")

    def copying(self, have: int, total: int) -> None:
        """Show how far the storing or bringing back of a backup is, in bytes."""
        if total:
            self.doing(f"copying {_bar(have, total)}")

    def say(self, *lines: str) -> None:
        """Print lines."""
        for line in lines:
            self.rich.print(line, markup=False)

    def item(self, mark: str, text: str) -> None:
        """Print one line of a stage, indented below it."""
        colour = {"✓": "green", "✗": "red", "!": "yellow"}.get(mark, "cyan")
        self.rich.print(f"  [{colour}]{mark}[/] ", end="")
        self.rich.print(text, markup=False)

    def table(self, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Print rows under their heads, as wide as they are: whatever reads a pipe wants whole lines."""
        lines = [heads, *rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for number, line in enumerate(lines):
            text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            self.rich.print(text, style=None if number else "bold", markup=False)

    def report(self, report: Report) -> None:
        """Print every problem as one line, the worst first."""
        for problem in report.problems:
            self.item({3: "✗", 2: "!"}.get(problem.severity, "·"), problem.line())

    def result(self, document: Any) -> None:  # JSON holds anything
        """Print the result as JSON where JSON is wanted."""
        if self.json:
            self.document(document)

    def document(self, document: Any) -> None:  # the same
        """Print JSON, wanted or not: it is what the task is for."""
        from stack.emit import to_json  # brings YAML along

        self._answered = True
        sys.stdout.write(to_json(document).decode())

    def answer(self, document: Any) -> None:  # the same
        """Print this as the result where there was none yet: who asks for JSON always gets a document."""
        if not self._answered:
            self.result(document)

    def end(self, line: str, *, good: bool = True) -> None:
        """Print the last line."""
        self.rich.print(line, style="bold green" if good else "bold red", markup=False)

    def _line(self, mark: str, colour: str, name: str, seconds: float) -> None:
        self.rich.print(f"[{colour}]{mark}[/] {name:<10} [dim]{seconds:6.2f} s[/]")


def _bar(have: int, total: int | None) -> str:
    if not total:
        return f"{have / 1e6:.1f} MB"
    full = int(24 * have / total)
    return f"{'━' * full}{'─' * (24 - full)} {have / 1e6:.1f} of {total / 1e6:.1f} MB"
