"""Stacks of tiny services, for any runtime: their files, their releases and what a deploy would do."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from pipelines.core.changes import changes
from stack.environment import Environment
from stack.references import needed_secrets
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table
from stack.runtimes.protocol import Release
from stack.service import Process, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stack.runtimes.protocol import Change, Runtime

__all__ = ["deploy", "free_port", "planned", "tiny"]

SECRET = "tiny_word"


def free_port() -> int:
    """Give a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def tiny(
    ports: Mapping[str, int],
    texts: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    files: Callable[[Stack], Mapping[str, bytes]] | None = None,
    **settings: object,
) -> Release:
    """Make a release of a service for each text."""
    environment = Environment.model_validate({"name": "tiny", "ports": ports, **settings})
    services = {name: _service(name, text, (flags or {}).get(name, "")) for name, text in texts.items()}
    stack = Stack(environment, services, {name: _service(name, "", "") for name in ports} | services)
    name, tree = render_tree(stack, files(stack) if files else process_table(stack))
    return Release(name, stack, tree)


def _service(name: str, text: str, flag: str) -> Service:
    def process(stack: Stack) -> Process:
        words = ("{python}", "-m", "tests.contracts.tiny_server", f"{{root}}/current/{name}/text")
        return Process((*words, stack.listen(name), flag), {"FLAG": flag})

    return Service(
        name,
        f"tells {text}",
        1,
        process,
        files=lambda _: {"text": text.encode()},
        reload=("/-/reload",),
        secrets={SECRET: "generated"},
        data=True,
    )


def planned(runtime: Runtime, release: Release) -> tuple[Change, ...]:
    """Say what a deploy of a release would do."""
    wanted = runtime.fingerprints(release.stack, release.tree)
    rotated = runtime.rotated(needed_secrets(release.stack, release.tree))
    return changes(release.stack, release.tree, wanted, runtime.live(), rotated)


def deploy(runtime: Runtime, release: Release) -> tuple[Change, ...]:
    """Make a release live, as a deploy does it, and say what that did to the services."""
    made = planned(runtime, release)
    runtime.activate(release, made)
    return tuple(change for change in made if change.service in release.stack.defined)
