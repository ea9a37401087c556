"""The gate: says for the proxy who may come in, and slows down whoever guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.access import DEPLOY, hash_of, token_of
from stack.emit import to_json
from stack.references import SECRETS
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]


def _files(stack: Stack) -> Mapping[str, bytes]:
    settings = stack.environment.proxy
    tokens = [
        {"name": name, "scope": token.scope, "file": f"{SECRETS}/{token_of(name)}"}
        for name, token in sorted(settings.tokens.items())
    ]
    users = {user: f"{SECRETS}/{hash_of(user)}" for user in sorted(settings.users)}
    return {"gate.json": to_json({"users": users, "tokens": tokens})}


def _process(stack: Stack) -> Process:
    return Process(
        argv=(
            "{python}",
            "-m",
            "stack.exporters.gate",
            "--config={root}/current/gate/gate.json",
            f"--deploy-token-file={{root}}/secrets/{DEPLOY}",
            f"--listen={stack.listen('gate')}",
        )
    )


def _wanted(environment: Environment) -> bool:
    return environment.services.get("proxy", environment.runtime == "compose")


SERVICE = Service(
    name="gate",
    summary="says for the proxy who may come in",
    port=9181,
    process=_process,
    files=_files,
    reload=("/-/reload",),
    wanted=_wanted,
    secrets={DEPLOY: "generated"},
    container=Container(network="core"),
)
