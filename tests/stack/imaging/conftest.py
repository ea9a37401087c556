"""A builder on the real engine, whose images are gone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack import images
from stack.clients.docker import answered
from stack.imaging.building import Builder
from stack.load import load
from stack.sources import Place
from tests.engine import names_in
from tests.programs import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker import DockerClient

    from stack.environment import Environment


@pytest.fixture(scope="session")
def environment() -> Environment:
    return load("dev").environment


@pytest.fixture(scope="session")
def built(environment: Environment) -> Environment:
    return environment.model_copy(update={"images": "built"})


@pytest.fixture(scope="module")
def builder(engine: DockerClient, repository: str, environment: Environment) -> Iterator[Builder]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images, "OURS", repository)
        yield Builder(engine, Place(environment.binaries, CACHE, lambda _: None, lambda *_: None))
    with answered("clean up"):
        for name in names_in(engine, repository):
            engine.images.remove(name, force=True)
