"""Finds the programs of a stack once per run, and what is left of a stack where one is not to be had."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stack.errors import BinaryMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from stack.assemble import Stack
    from stack.binaries import Binary
    from stack.programs import Program
    from stack.service import Service

__all__ = ["Toolbox"]


class Toolbox:
    """The programs found so far.

    Args:
        resolve: finds programs in the sources of an environment: programs, stack in; binaries by name out.
        tell: takes a line for the user.
    """

    def __init__(
        self,
        resolve: Callable[[Iterable[Program], Stack], Mapping[str, Binary]],
        tell: Callable[[str], None],
    ) -> None:
        self._resolve = resolve
        self._tell = tell
        self._found: dict[str, Binary] = {}

    def find(self, stack: Stack) -> Mapping[str, Binary]:
        """Give the binary of every program that a stack's services need.

        Raises:
            BinaryMissing: no source has one of them.
        """
        wanted = (service.program for service in stack.services.values())
        return self._all([program for program in wanted if program], stack)

    def tools(self, stack: Stack) -> Mapping[str, Path]:
        """Give the path of the commands that validation runs: promtool and amtool."""
        judges = [stack.defined[name].program for name in ("prometheus", "alertmanager")]
        binaries = self._all([program for program in judges if program], stack)
        return {name: path for binary in binaries.values() for name, path in binary.executables.items()}

    def attainable(self, stack: Stack) -> Stack:
        """Leave out, with one line each, optional services that no source has, where that is allowed."""
        if stack.environment.require_all:
            return stack
        kept = {name: service for name, service in stack.services.items() if self._has(service, stack)}
        return replace(stack, services=kept, dashboards=stack.dashboards if "grafana" in kept else {})

    def _has(self, service: Service, stack: Stack) -> bool:
        if not service.optional or service.program is None:
            return True
        try:
            self._all([service.program], stack)
        except BinaryMissing as error:
            self._tell(f"going on without {service.name}: {error}")
            return False
        return True

    def _all(self, programs: list[Program], stack: Stack) -> dict[str, Binary]:
        missing = [program for program in programs if program.name not in self._found]
        if missing:
            self._found.update(self._resolve(missing, stack))
        return {program.name: self._found[program.name] for program in programs}
