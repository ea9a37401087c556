"""Pulls from a real registry: by tag, by digest, with a login, and where there is nothing to have."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import bcrypt
import pytest

from stack.clients import docker as client
from stack.errors import EngineRefused
from stack.imaging.pulling import pull
from stack.imaging.shelf import held
from tests.engine import docker
from tests.registry import random_image, registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docker import DockerClient

    from tests.registry import Registry

pytestmark = pytest.mark.integration

ABSENT = f"sha256:{'a' * 64}"


@pytest.fixture
def stocked(engine: DockerClient, tmp_path: Path) -> Iterator[Registry]:
    """A registry with two images under one tag, the later one there now; the engine has neither."""
    with registry(tmp_path / "registry") as made:
        for _ in range(2):
            with random_image(tmp_path) as image:
                made.push(image, "some/thing:v1")
        yield made


def refusal(engine: DockerClient, reference: str) -> EngineRefused:
    with pytest.raises(EngineRefused) as raised:
        pull(engine, reference, lambda *_: None)
    assert "\n" not in str(raised.value)
    return raised.value


def test_a_tag_is_pulled_as_it_is_now_and_progress_is_told(engine: DockerClient, stocked: Registry) -> None:
    name, told = f"{stocked.host}/some/thing:v1", []
    pull(engine, name, lambda *line: told.append(line))

    found = held(engine, name)
    assert found
    assert found.size == 1 << 20
    assert told
    assert told[-1][0] == name
    assert told[-1][1] <= told[-1][2]
    assert held(engine, f"{name}@{stocked.pushed[1]}") == found
    assert held(engine, f"{name}@{stocked.pushed[0]}") is None, "a digest is compared with what there is"


def test_by_a_digest_just_that_is_pulled_wherever_its_tag_has_moved(
    engine: DockerClient, stocked: Registry
) -> None:
    name = f"{stocked.host}/some/thing:v1"
    pull(engine, name, lambda *_: None)
    pinned = f"{name}@{stocked.pushed[0]}"
    pull(engine, pinned, lambda *_: None)

    assert held(engine, pinned)
    assert held(engine, name) == held(engine, pinned), "its name leads to it: Compose and archives know names"
    moved = refusal(engine, f"{name}@{ABSENT}")
    assert f"cannot pull {name}@{ABSENT}: manifest for" in str(moved)
    assert moved.advice.startswith("the registry has no such bytes")


def test_what_came_in_a_file_has_no_digest_and_does_for_a_pinned_one(
    engine: DockerClient, stocked: Registry, tmp_path: Path
) -> None:
    name, file = f"{stocked.host}/some/thing:v1", tmp_path / "away.tar"
    pinned = f"{name}@{stocked.pushed[1]}"
    pull(engine, pinned, lambda *_: None)
    docker("save", "-o", str(file), name)
    docker("rmi", "-f", name, f"{stocked.host}/some/thing@{stocked.pushed[1]}")
    assert held(engine, pinned) is None

    docker("load", "-i", str(file))
    assert held(engine, pinned)


def test_what_is_not_published_or_out_of_reach_is_one_line_with_a_way_out(
    engine: DockerClient, stocked: Registry
) -> None:
    none = refusal(engine, f"{stocked.host}/some/thing:v2")
    stocked.stop()
    down = refusal(engine, f"{stocked.host}/some/thing:v1")

    assert "manifest unknown" in str(none)
    assert none.advice.startswith("is that version published there?")
    assert str(down).endswith("connect: connection refused")
    assert "`registries`" in down.advice


def test_a_registry_that_asks_for_a_login_gets_the_one_that_docker_keeps(
    engine: DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "htpasswd"
    users.write_bytes(b"ada:" + bcrypt.hashpw(b"a secret", bcrypt.gensalt(4)))
    with registry(tmp_path / "registry", users) as made:
        name = f"{made.host}/some/thing:v1"
        refused = refusal(engine, name)
        assert "no basic auth credentials" in str(refused)
        assert refused.advice == f"log in where you deploy: docker login {made.host}"

        kept = base64.b64encode(b"ada:a secret").decode()
        (tmp_path / "config.json").write_text(json.dumps({"auths": {made.host: {"auth": kept}}}))
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        assert "manifest unknown" in str(refusal(client.engine(), name)), "it was let in"
