"""What tests all over the house share: the real promtool, and examples without a stop-watch."""

from __future__ import annotations

import os
import signal
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from stack.errors import StackError
from tests.tools import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker import DockerClient
    from xdist.remote import Producer

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell lets what it runs in the background ignore interrupts, and with it what a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

CONTAINERS = "scenarios/test_compose_*.py"
"""Until a stack in containers stands half a minute goes by, and then it takes a share of the machine."""

LONG = frozenset({"test_compose_engine.py", "test_compose_kills.py"})
"""Those of them that keep a worker busy by themselves."""


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
    items.sort(key=lambda item: (not item.path.match("scenarios/*"), not item.path.match(CONTAINERS)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Give one worker all that shares a stack."""
    return ByStack(config, log)


class ByStack(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """The tests of one file may share a stack, and the one in containers is that of several files.

    xdist has groups for this (`--dist loadgroup`), which 3.8 no longer sees with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = PurePath(nodeid.partition("::")[0])
        return CONTAINERS if file.match(CONTAINERS) and file.name not in LONG else str(file)
