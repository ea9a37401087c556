"""Docker Compose: makes containers out of a Compose file, on the engine that everything here speaks to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.clients.command import TIED, run
from stack.clients.docker import address
from stack.errors import CommandFailed, EngineRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Compose"]

PATIENCE = 300.0
NOISE = re.compile(r"^(time=|\s*(Container|Network|Volume|Image) )")


@dataclass(frozen=True, slots=True)
class Compose:
    """One project of an engine.

    Args:
        program: the program, `docker-compose` of version 2, which needs no `docker` beside it.
        project: the project's name; lower-case letters, digits, `-` and `_`.
    """

    program: Path
    project: str

    def up(self, document: bytes, services: Sequence[str], variables: Mapping[str, str]) -> None:
        """Make these services' containers anew, and the networks that they need; does not wait for them.

        Args:
            document: the Compose file.
            services: names of its services.
            variables: what the file leaves to be filled in.

        Raises:
            EngineRefused: with what Compose or the engine said.
        """
        words = ("up", "--detach", "--no-deps", "--force-recreate", "--quiet-pull", *services)
        self._run(words, document, variables)

    def resume(self, document: bytes, variables: Mapping[str, str]) -> None:
        """Start every container again that does not run, and make those that are gone.

        Raises:
            EngineRefused: with what Compose or the engine said.
        """
        self._run(("up", "--detach", "--no-recreate"), document, variables)

    def _run(self, words: Sequence[str], document: bytes, variables: Mapping[str, str]) -> None:
        # One that goes on after its deploy was killed would be at work beside the next one.
        command = ("--project-name", self.project, "--file", "-", *words)
        argv: tuple[str | Path, ...] = (*TIED, self.program, *command)
        env = {"DOCKER_HOST": address(), "COMPOSE_ANSI": "never", **variables}
        try:
            done = run(argv, env=env, stdin=document.decode(), timeout=PATIENCE)
        except CommandFailed as error:
            raise EngineRefused(what="run Compose", message=str(error)) from error
        if done.code:
            raise EngineRefused(what="start containers", message=_reason(done.said))


def _reason(said: str) -> str:
    """Give the last line that is no progress, without what stands before every answer of an engine."""
    lines = [line for line in said.splitlines() if line.strip() and not NOISE.match(line)]
    last = lines[-1] if lines else "it did not say why"
    return last.removeprefix("Error response from daemon: ").strip()
