"""What a container sees of the engine's machine is read from its output, or from the engine's refusal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docker.errors import APIError

from stack.errors import EngineRefused, Refused
from stack.runtimes.compose_file import SOCKET, SOCKET_GROUP, SOCKET_PLACE
from stack.runtimes.host import refuse_folder, socket

if TYPE_CHECKING:
    from docker import DockerClient

MISSING = 'invalid mount config for type "bind": bind source path does not exist: /srv/targets'


def engine(said: bytes | str) -> DockerClient:
    """Answers with what the container said, or refuses to make it."""

    def run(*_: object, **__: object) -> bytes:
        if isinstance(said, bytes):
            return said
        raise APIError("400", explanation=said)

    made: Any = SimpleNamespace(containers=SimpleNamespace(run=run))
    answering: DockerClient = made
    return answering


def test_the_socket_is_the_engines_own_wherever_it_lies_or_the_refusal_says_where_was_looked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/user/7/docker.sock")
    good: set[str] = {"/run/user/7/docker.sock"}

    def run(image: str, command: list[str], *, mounts: list[dict[str, str]], **_: Any) -> bytes:
        assert (image, command[0]) == ("own:1", "-c")
        if mounts[0]["Source"] not in good:
            raise APIError("400", explanation="bind source path does not exist")
        return b"105\n"

    asked: Any = SimpleNamespace(containers=SimpleNamespace(run=run))
    assert socket(asked, "own:1") == {SOCKET_PLACE: "/run/user/7/docker.sock", SOCKET_GROUP: "105"}
    good.add(SOCKET)
    assert socket(asked, "own:1")[SOCKET_PLACE] == SOCKET, "another one may be somebody's proxy"
    good.clear()
    with pytest.raises(EngineRefused, match=r"is at /var/run/docker\.sock or /run/user/7/docker\.sock"):
        socket(asked, "own:1")


@pytest.mark.parametrize(
    ("said", "reason"), [(MISSING, "there is no such folder"), (b"Permission denied\n", "Permission denied")]
)
def test_a_folder_that_cannot_be_listed_is_refused_with_the_reason(said: bytes | str, reason: str) -> None:
    with pytest.raises(Refused, match=f"/srv/targets on the engine's machine: {reason}$") as caught:
        refuse_folder(engine(said), "own:1", "/srv/targets", "65534:65534")
    assert "65534" in caught.value.advice


def test_one_that_can_be_listed_is_fine_and_another_refusal_of_the_engine_its_own() -> None:
    refuse_folder(engine(b""), "own:1", "/srv/targets", "65534:65534")
    with pytest.raises(EngineRefused, match="look into /srv/targets: no such image"):
        refuse_folder(engine("no such image"), "own:1", "/srv/targets", "65534:65534")
