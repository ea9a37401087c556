"""The only door to a Docker engine: found as the `docker` command finds it, and one error for its silence.

Import `engine` and `answered` from here and the SDK nowhere else. The SDK is imported when it is first
needed: it takes 0.4 s, and most tasks never ask an engine.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from stack.errors import EngineRefused, EngineUnreachable, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docker import DockerClient
    from docker.types import Mount

__all__ = ["address", "answered", "bind", "engine", "if_there", "saved"]

T = TypeVar("T")

GREETING = 10
"""Seconds until an engine must have told its version."""
PATIENCE = 300
"""Seconds without a byte after which an engine is given up; an import may think for long."""
CHUNK = 1 << 20
SOCKET = "unix:///var/run/docker.sock"
CUT = r"IncompleteRead|RemoteDisconnected|Broken pipe|reset by peer"
REASONS = (
    (
        r"paramiko",
        "ssh:// needs one more package",
        "pip install paramiko; it is slow to load, so left out here",
    ),
    (r"No such file", "there is no such socket", "start the engine, or name another one by DOCKER_HOST"),
    (r"Permission denied", "this user may not", "join the group that owns the socket, mostly `docker`"),
    (r"refused", "nothing listens there", "start the engine, or name another one by DOCKER_HOST"),
    (r"timed out|Timeout", "no answer in time", "is it the right address, and the way to it open?"),
    (r"resolve|getaddrinfo|Name or service", "its name is not known", "mend DOCKER_HOST or the context"),
    (CUT, "it hung up", "is it an engine, and the way to it open?"),
    (r"ertificate|SSL|HTTPS", "TLS failed", "look at DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"),
)
"""What the SDK's error says, what that means in a few words, and what to do."""


def engine() -> DockerClient:
    """Give a client of the engine that DOCKER_HOST names, else DOCKER_CONTEXT, else the current context.

    Source: https://docs.docker.com/engine/manage-resources/contexts/

    Raises:
        EngineUnreachable: no engine answers there.
        Refused: the context does not exist or cannot be read.
    """
    import docker
    from docker.errors import DockerException

    where = address()
    try:
        client = docker.from_env(timeout=GREETING, use_ssh_client=True)
    except (DockerException, ValueError, OSError) as error:
        raise _unreachable(where, error) from error
    client.api.timeout = PATIENCE
    return client


def address() -> str:
    """Name the engine's address, by the same precedence; it is not asked anything.

    Raises:
        Refused: the context does not exist or cannot be read.
    """
    return os.environ.get("DOCKER_HOST") or _context_address()


@contextmanager
def answered(what: str) -> Iterator[None]:
    """Turn whatever the engine or the way to it says of a piece of work into one error.

    Args:
        what: the work in a few words, to stand behind `cannot`: `load image x`.

    Raises:
        EngineRefused: the engine said no, with its own words.
        EngineUnreachable: it went away.
    """
    from docker.errors import APIError, DockerException

    # The SDK lets the errors of its HTTP libraries through, those of a broken stream among them.
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except APIError as error:
        message = str(error.explanation or error).strip().rstrip(".")
        raise EngineRefused(what=what, message=message) from error
    except (RequestException, HTTPError) as error:
        raise _unreachable(address(), error) from error
    except DockerException as error:
        raise EngineRefused(what=what, message=str(error).strip()) from error


def bind(source: str, target: str) -> Mount:
    """Show a container a place of the engine's machine; one that is not there is an error."""
    from docker.types import Mount

    return Mount(target, source, type="bind", read_only=True)


def if_there(what: str, ask: Callable[[], T]) -> T | None:
    """Give what the engine answers, None where it has no such thing.

    Raises:
        EngineRefused: the engine said no for another reason.
        EngineUnreachable: it went away.
    """
    from docker.errors import NotFound

    with answered(what):
        try:
            return ask()
        except NotFound:
            return None


def saved(client: DockerClient, references: Sequence[str]) -> Iterator[bytes]:
    """Yield one archive of several images, as `docker save` writes it: what they share is in it once.

    Raises:
        EngineRefused: it lacks one of them.
        EngineUnreachable: it went away in the middle.
    """
    api: Any = client.api  # the SDK itself asks for one image only
    with answered(f"save {len(references)} image(s)"):
        answer = api._get(api._url("/images/get"), params={"names": list(references)}, stream=True)  # noqa: SLF001 # so it has no public way
        api._raise_for_status(answer)  # noqa: SLF001 # the same
        yield from answer.iter_content(CHUNK)


def _context_address() -> str:
    from docker.context import ContextAPI
    from docker.context.config import get_current_context_name

    name = os.environ.get("DOCKER_CONTEXT") or get_current_context_name()
    try:
        found: Any = ContextAPI.get_context(name)
    except Exception as error:  # a damaged file is a bare Exception there, or a KeyError
        raise Refused(message=f"Docker context {name} cannot be read: {error}") from error
    if found is None:
        # The SDK would go on with the machine's own engine: the wrong one.
        message = f"there is no Docker context {name}"
        raise Refused(message=message, hint="see `docker context ls`, or name an engine by DOCKER_HOST")
    return str(found.Host or SOCKET).replace("http+unix", "unix")


def _unreachable(where: str, error: Exception) -> EngineUnreachable:
    said = str(error)
    for pattern, reason, hint in REASONS:
        if re.search(pattern, said):
            return EngineUnreachable(address=_plain(where), message=reason, hint=hint)
    last = said.rpartition(": ")[2] or said
    return EngineUnreachable(address=_plain(where), message=last.replace(where, _plain(where)))


def _plain(where: str) -> str:
    """Leave out what stands before the host: it may hold a password."""
    return re.sub(r"//[^/@]*:[^/@]*@", "//", where)
