"""A Compose runtime whose containers also hold the tiny services."""

from __future__ import annotations

import io
import tarfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack.binaries import resolve
from stack.clients import docker
from stack.clients.docker_compose import COMPOSE
from stack.errors import EngineUnreachable
from stack.runtimes import compose_file
from stack.runtimes.compose import Compose
from tests.programs import CACHE, own_image, say

if TYPE_CHECKING:
    from collections.abc import Collection

    from docker import DockerClient

    from stack.service import Stack

__all__ = ["compose_runtime"]

PACKAGE = "usr/lib/python3/dist-packages"
HERE = Path(__file__).parent


def compose_runtime(folder: Path, patch: pytest.MonkeyPatch) -> Compose:
    """Give a runtime on this machine's engine; skips where there is none."""
    try:
        engine = docker.engine()
    except EngineUnreachable as error:
        pytest.skip(str(error))
    image = _image(engine)
    engine.close()
    patch.setattr(compose_file, "own_reference", lambda: image)
    return Compose(folder, _program, lambda: image, _fetch)


@cache
def _image(engine: DockerClient) -> str:
    """Make our own image, and above it one with the tiny services."""
    own = own_image(engine)
    name = own.replace("monitoring/own", "monitoring/tiny")
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        _add(archive, "Dockerfile", f"FROM {own}\nCOPY tests /{PACKAGE}/tests\n".encode())
        for path in ("tests/contracts/tiny_server.py",):
            _add(archive, path, (HERE.parents[1] / path).read_bytes())
    engine.images.build(fileobj=io.BytesIO(context.getvalue()), custom_context=True, tag=name, rm=True)
    return name


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _program(stack: Stack) -> Path:
    found = resolve([COMPOSE], stack.environment, CACHE, tell=say, progress=lambda *_: None)
    return found[COMPOSE.name].executables["docker-compose"]


def _fetch(engine: DockerClient, references: Collection[str]) -> None:
    """Fetch nothing: what tests run is there."""
