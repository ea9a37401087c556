"""What tests all over the house share: the real promtool, and examples without a stop-watch."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from stack.errors import StackError
from tests.tools import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker import DockerClient

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell lets what it runs in the background ignore interrupts, and with it what a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def promtool() -> str:
    """Give the path of promtool: that on PATH, else one that a deploy has fetched."""
    return str(tools("promtool")["promtool"])


@pytest.fixture(scope="session")
def engine() -> Iterator[DockerClient]:
    """Give the Docker engine of this machine, or the one that DOCKER_HOST names; where none answers, skip."""
    from stack.clients import docker

    try:
        client = docker.engine()
    except StackError as error:
        pytest.skip(str(error))
    yield client
    client.close()


@pytest.fixture(scope="session")
def repository() -> str:
    """Name a repository of this process's own on an engine that others use as well."""
    return f"imgtest-{os.getpid()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the scenarios: they take minutes, and every worker would wait for one that begins last."""
    items.sort(key=lambda item: "scenarios" not in item.path.parts)
