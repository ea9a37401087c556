"""A container that runs pipelines as a deployer would: as who deployed, on the deployer's own folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["as_deployer", "given", "invoked", "make_folders", "refuse_apart", "user_of"]

VAR, USER = "MONITORING_VAR", "MONITORING_USER"
"""The variables with the folder of all that is produced, and with who deploys: the release holds neither."""

SCRATCH = ("/tmp:size=256m,mode=1777", f"${{{VAR}}}/cache:size=64m,mode=1777")  # noqa: S108 # the container's
"""Some packs of a repository are put together in the one; what is known of programs is kept in the other."""


def as_deployer(made: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    """Give the definition of a container what it needs to run pipelines; folders keep their own paths.

    A folder that is gone must stop it: an empty one in its place would look like a repository that is new.
    """
    binds = [
        {"type": "bind", "source": path, "target": path, "bind": {"create_host_path": False}}
        for path in _folders(stack.environment)
    ]
    return {
        **made,
        "user": f"${{{USER}}}",
        "environment": {**made["environment"], VAR: f"${{{VAR}}}"},
        "volumes": [*made["volumes"], *binds],
        "tmpfs": list(SCRATCH),
    }


def given(folder: Path) -> dict[str, str]:
    """Give what the Compose file leaves to be filled in, by the deployer's folder of the environment."""
    return {VAR: str(folder.parent), USER: f"{os.getuid()}:{os.getgid()}"}


def user_of(made: Mapping[str, Any]) -> int:
    """Give the user that a container runs as."""
    user, _, _ = str(made["user"]).partition(":")
    return os.getuid() if user.startswith("$") else int(user)


def invoked(stack: Stack) -> tuple[str, ...]:
    """Name the services that run pipelines."""
    return tuple(name for name, service in stack.services.items() if service.container.invokes)


def refuse_apart(stack: Stack, *, local: bool) -> None:
    """Refuse a container that is to work on folders which its engine does not have.

    Raises:
        Refused: the engine is on another machine.
    """
    if invoked(stack) and not local:
        message = f"service {invoked(stack)[0]} works on var/ of this machine, and the engine is on another"
        hint = "take `backup.schedule` out of the environment, and run `invoke backup.schedule` here"
        raise Refused(message=message, hint=hint)


def make_folders(stack: Stack, folder: Path) -> None:
    """Make the folders that such a container works on.

    Raises:
        OSError: one of them cannot be made.
    """
    for path in _folders(stack.environment) if invoked(stack) else ():
        place = Path(path.replace(f"${{{VAR}}}", str(folder.parent)))
        place.mkdir(mode=0o700, parents=True, exist_ok=True)


def _folders(environment: Environment) -> Iterator[str]:
    """Yield the environment's own, the records of runs, its backups, and a repository that is a folder."""
    yield f"${{{VAR}}}/{environment.name}"
    yield f"${{{VAR}}}/runs"
    yield f"${{{VAR}}}/backups/{environment.name}"
    if (repository := environment.backup.repository.removeprefix("local:")).startswith("/"):
        yield repository
