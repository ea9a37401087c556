"""The proxy's own pages, inside the stack: that it is there, and its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.proxy.handlers import Json, answer, route, without

if TYPE_CHECKING:
    from stack.service import Stack

__all__ = ["ADMIN", "pages"]

ADMIN = "unix/../../data/proxy/admin.sock"
"""Where the server takes orders, seen from its working folder: a whole path may be too long for a socket."""

FILE = "{file.../../current/proxy/caddy.json}"
"""The content of its configuration file, seen from its working folder."""

# A certificate may have changed where the configuration has not.
ORDER = {"Content-Type": "application/json", "Cache-Control": "must-revalidate", "Host": "127.0.0.1"}


def pages(stack: Stack) -> Json:
    """Give the inner server; what is published knows none of its pages."""
    return {
        "listen": [stack.listen("proxy_pages")],
        "routes": [
            route({"handler": "metrics"}, path=["/metrics"]),
            route(answer(200, "here\n"), path=["/-/ready", "/-/healthy"]),
            route(*_reload(), path=["/-/reload"], method=["POST"]),
            route(answer(404, "there is nothing here\n")),
        ],
        "automatic_https": {"disable": True},
        "protocols": ["h1"],
        "read_header_timeout": "10s",
    }


def _reload() -> tuple[Json, ...]:
    """Let the server load its file again, whatever a request says; it answers as the admin API does.

    Source: https://caddyserver.com/docs/api#post-load
    """
    load = {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": ADMIN}],
        "rewrite": {"uri": "/load"},
        "headers": {"request": {"set": {name: [value] for name, value in ORDER.items()}}},
    }
    return {"handler": "request_body", "set": FILE}, without("Origin"), load
