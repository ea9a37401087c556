"""Finds the programs of a stack once per run, and leaves out what an environment can do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.errors import BinaryMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from stack.binaries import Binary
    from stack.environment import Environment
    from stack.programs import Program
    from stack.service import Service, Stack

__all__ = ["Toolbox"]


class Toolbox:
    """The programs found so far.

    Args:
        resolve: finds programs in the sources of an environment, by name.
        tell: takes a line for the user.
    """

    def __init__(
        self,
        resolve: Callable[[Iterable[Program], Environment], Mapping[str, Binary]],
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
        return self._all(stack.services.values(), stack.environment)

    def tools(self, stack: Stack) -> Mapping[str, Path]:
        """Give the path of the commands that validation runs, promtool and amtool among them."""
        judges = (stack.defined["prometheus"], stack.defined["alertmanager"])
        binaries = self._all(judges, stack.environment)
        return {name: path for binary in binaries.values() for name, path in binary.executables.items()}

    def programs(self, programs: Iterable[Program], environment: Environment) -> Mapping[str, Binary]:
        """Give the binaries of programs that no service of a stack needs to run, by name.

        Raises:
            BinaryMissing: no source has one of them.
        """
        return self._resolved(list(programs), environment)

    def compose(self, stack: Stack) -> Path:
        """Give the program that makes containers.

        Raises:
            BinaryMissing: no source has it.
        """
        from stack.clients.docker_compose import COMPOSE

        found = self._resolved([COMPOSE], stack.environment)[COMPOSE.name]
        return found.executables["docker-compose"]

    def attainable(self, environment: Environment, services: Iterable[Service]) -> Environment:
        """Switch off, with one line each, optional services that no source has, where that is allowed."""
        registries = environment.runtime == "compose" and environment.images == "official"
        if environment.require_all or registries:
            return environment
        missing = [
            service.name for service in services if service.optional and not self._has(service, environment)
        ]
        disabled = environment.disable.model_copy(
            update={"services": (*environment.disable.services, *missing)}
        )
        return environment.model_copy(update={"disable": disabled}) if missing else environment

    def _has(self, service: Service, environment: Environment) -> bool:
        try:
            self._all((service,), environment)
        except BinaryMissing as error:
            self._tell(f"going on without {service.name}: {error}")
            return False
        return True

    def _all(self, services: Iterable[Service], environment: Environment) -> dict[str, Binary]:
        return self._resolved([service.program for service in services if service.program], environment)

    def _resolved(self, programs: Sequence[Program], environment: Environment) -> dict[str, Binary]:
        missing = [program for program in programs if program.name not in self._found]
        if missing:
            self._found.update(self._resolve(missing, environment))
        return {program.name: self._found[program.name] for program in programs}
