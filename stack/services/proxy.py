"""Caddy: the one door from outside, with TLS; the gate says who may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.http import TOKEN
from stack.emit import to_json
from stack.programs import Program, Release
from stack.proxy.entrance import entrance
from stack.proxy.pages import ADMIN, pages
from stack.proxy.tls import certificates
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["AUTHORITY", "SERVICE"]

AUTHORITY = "caddy/pki/authorities/local/root.crt"
"""Where, in its data, the certificate of the authority lies that `tls: internal` is signed by."""

RELEASES = "https://github.com/caddyserver/caddy/releases/download/v{version}"

SECRET_HEADERS = (TOKEN,)
"""What must not be logged, beside what the server itself leaves out (Authorization, Cookie)."""


def _files(stack: Stack) -> Mapping[str, bytes]:
    return {"caddy.json": to_json(_configuration(stack))}


def _configuration(stack: Stack) -> dict[str, Any]:
    """Give the server's own configuration.

    Source: https://caddyserver.com/docs/json/
    """
    return {
        # Whoever reaches the admin API commands the server: it is a file in a folder of the server's own.
        "admin": {"listen": f"{ADMIN}|0200", "config": {"persist": False}},
        "logging": {"logs": {"default": _log()}},
        "apps": {
            "http": {
                "http_port": stack.port("proxy_pages"),
                "https_port": stack.port("proxy"),
                "metrics": {},
                "servers": {"entrance": entrance(stack), "pages": pages(stack)},
            },
            **certificates(stack),
        },
    }


def _log() -> dict[str, Any]:
    fields = {f"request>headers>{name}": {"filter": "delete"} for name in SECRET_HEADERS}
    encoder = {"format": "filter", "wrap": {"format": "console", "level_format": "upper"}, "fields": fields}
    return {"level": "WARN", "encoder": encoder}


def _process(stack: Stack) -> Process:
    flags = ("run", "--config={root}/current/proxy/caddy.json")
    return Process(
        argv=("caddy", *flags, *stack.environment.flags.get("proxy", ())),
        env={
            "HOME": "{root}/data/proxy",
            "XDG_CONFIG_HOME": "{root}/data/proxy",
            "XDG_DATA_HOME": "{root}/data/proxy",
        },
    )


def _wanted(environment: Environment) -> bool:
    return environment.runtime == "compose"


SERVICE = Service(
    name="proxy",
    summary="the one door from outside",
    port=8443,
    doors={"pages": 9180},
    pages="pages",
    process=_process,
    program=Program(
        name="caddy",
        executables=("caddy",),
        floor="2.8",
        packages=("caddy",),
        release=Release(
            archive=f"{RELEASES}/caddy_{{version}}_linux_{{arch}}.tar.gz",
            digests=f"{RELEASES}/caddy_{{version}}_checksums.txt",
            algorithm="sha512",
        ),
    ),
    files=_files,
    reload=("/-/reload",),
    wanted=_wanted,
    data=True,
    container=Container(network="core", joins=("services", "outside"), published=("proxy",)),
)
