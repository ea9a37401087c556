"""The server that people, programs and deploys reach: one list of routes, the first that fits answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.http import TOKEN
from stack.proxy.handlers import Json, answer, asking, handed_on, route, without, without_prefix
from stack.proxy.tls import policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.service import Stack

__all__ = ["BEHIND", "DOOR", "entrance", "required_headers"]

BEHIND = ("prometheus", "alertmanager", "pushgateway")
"""Servers with a path of their own, for those whom the gate lets in."""

DOOR = "/-/door"
"""Below it lies every service, for the deploy token alone."""

PRIVATE = ("/grafana/metrics*", "/grafana/healthz*", "/grafana/api/health*", "/grafana/debug*")
"""What Grafana tells without a login."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# A name that other servers of the same machine have, too, must not be pinned to TLS: browsers know no ports.
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def entrance(stack: Stack) -> Json:
    """Give the published server; it speaks TLS only, and answers only for its own names."""
    known = [*_grafana(stack), *_guarded(stack)] if "gate" in stack.services else []
    inner = {"handler": "subroute", "routes": [route(_headers(stack), ends=False), *known]}
    names = list(stack.environment.proxy.hosts)
    return {
        "listen": [stack.listen("proxy")],
        "routes": [route(inner, host=names), route(answer(421, "this is another server\n"))],
        "tls_connection_policies": [policy(stack)],
        "automatic_https": {"disable": True},
        "protocols": ["h1", "h2"],
        "read_header_timeout": "10s",
        "idle_timeout": "2m",
        "max_header_bytes": 32_768,
    }


def required_headers(stack: Stack) -> dict[str, str]:
    """Give the headers that every answer carries."""
    return HEADERS if set(stack.environment.proxy.hosts) & LOCAL else {**HEADERS, **HSTS}


def _headers(stack: Stack) -> Json:
    wanted = {name: [value] for name, value in required_headers(stack).items()}
    response = {"set": wanted, "delete": ["Server", "Via"], "deferred": True}
    return {"handler": "headers", "response": response}


def _grafana(stack: Stack) -> Iterator[Json]:
    if "grafana" not in stack.services:
        return
    gate = stack.address("gate")
    yield route(answer(302, Location="/grafana/"), path=["/", "/grafana"])
    yield route(asking(gate, "/check"), ends=False, path=list(PRIVATE))
    yield route(asking(gate, "/login"), ends=False, path=["/grafana/login*"], method=["POST"])
    # A password with each request would get round the limit of logins: programs have Grafana's own tokens.
    passwords = {"Authorization": {"pattern": "^(?i)basic"}}
    yield route(without("Authorization"), ends=False, path=["/grafana/*"], header_regexp=passwords)
    inside = (without(TOKEN), without_prefix("/grafana"), handed_on(stack.address("grafana")))
    yield route(*inside, path=["/grafana/*"])


def _guarded(stack: Stack) -> Iterator[Json]:
    yield route(asking(stack.address("gate"), "/check"), ends=False)
    # Who it was is the gate's business alone. Grafana's own login goes through its door.
    bearer = {"Authorization": {"pattern": "^(?i)bearer"}}
    yield route(without("Authorization"), ends=False, path=[f"{DOOR}/*"], header_regexp=bearer)
    yield route(without(TOKEN), ends=False)
    for name in stack.services:
        prefix = f"{DOOR}/{name}"
        yield route(without_prefix(prefix), handed_on(stack.pages(name)), path=[f"{prefix}/*"])
    for name in (name for name in BEHIND if name in stack.services):
        inside = (without("Authorization"), without_prefix(f"/{name}"), handed_on(stack.address(name)))
        yield route(answer(302, Location=f"/{name}/"), path=[f"/{name}"])
        yield route(*inside, path=[f"/{name}/*"])
    yield route(answer(404, "there is nothing here\n"))
