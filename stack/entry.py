"""Who may come in from outside: the sections `proxy` and `web` of an environment."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from stack.access import CLIENT
from stack.section import Section, Words

__all__ = ["Proxy", "Token", "Web"]

HOST = re.compile(r"[a-zA-Z0-9-]{1,63}(\.[a-zA-Z0-9-]{1,63})*|[0-9a-fA-F.]*:[0-9a-fA-F:.]+")


def _host(name: str) -> str:
    if not HOST.fullmatch(name):
        message = "must be a name or an IP address, without `https://` and without a port"
        raise ValueError(message)
    return name


def _some(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not hosts:
        message = "must name at least one"
        raise ValueError(message)
    return hosts


Client = Annotated[str, Field(pattern=f"^{CLIENT.pattern}$")]
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], AfterValidator(_some)]


class Token(Section):
    """A program that may come in."""

    scope: Literal["read", "push", "silence"] = Field(
        default="read",
        description="`read`: queries. `push`: metrics to the Pushgateway. `silence`: alerts and silences.",
    )


class Proxy(Section):
    """The one door to the stack from outside."""

    hosts: Hosts = Field(
        default=("localhost", "127.0.0.1"),
        strict=False,
        description="The names and addresses that it answers for, the one that people use first.",
    )
    url: str = Field(
        default="",
        pattern=r"^(https://[^/\s]+)?$",
        description="What people open, where that is not https://<first host>:<port>.",
    )
    listen: Literal["127.0.0.1", "0.0.0.0"] = Field(  # noqa: S104 # for the one who asks for it
        default="127.0.0.1",
        description="As a process of this machine: whether it listens there alone, or for other machines.",
    )
    tls: Literal["internal", "files", "acme"] = Field(
        default="internal",
        description="Certificates of an authority of its own, of `secrets`, or of an ACME service.",
    )
    email: str = Field(default="", description="For `acme`: whom the service writes to.")
    acme_directory: str = Field(
        default="",
        pattern=r"^(https://\S+)?$",
        description="For `acme`: the service's directory, where it is not Let's Encrypt's.",
    )
    users: tuple[Client, ...] = Field(
        default=(), strict=False, description="Who may see Prometheus and Alertmanager; each has a password."
    )
    tokens: dict[Client, Token] = Field(default={}, description="Programs that may come in, by name.")


class Web(Section):
    """Servers that speak TLS and ask for a password themselves, as processes of a machine among others."""

    services: Words = Field(default=(), description="Those that do: prometheus, alertmanager, exporters.")
    listen: Literal["127.0.0.1", "0.0.0.0"] = Field(  # noqa: S104 # as above
        default="127.0.0.1", description="Whether they listen there alone, or for other machines."
    )
    user: Client = Field(default="monitoring", description="Who scrapes and asks them.")
