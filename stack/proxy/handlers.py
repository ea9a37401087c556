"""Caddy's handlers that every route is made of.

Source: https://caddyserver.com/docs/json/apps/http/servers/routes/handle/
"""

from __future__ import annotations

from typing import Any

__all__ = ["Json", "answer", "asking", "handed_on", "route", "without", "without_prefix"]

Json = dict[str, Any]


def route(*handlers: Json, ends: bool = True, **matchers: Any) -> Json:
    """Give a route: handlers for the requests that fit every matcher, and whether the search ends there."""
    matched = {"match": [matchers]} if matchers else {}
    return {**matched, "handle": list(handlers), **({"terminal": True} if ends else {})}


def answer(status: int, body: str = "", **headers: str) -> Json:
    """Answer with a status, and a body where one is given."""
    named = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return {"handler": "static_response", "status_code": status, "body": body, "headers": named}


def asking(gate: str, page: str) -> Json:
    """Ask the gate's page first; let through what it answers with 2xx, pass on any other answer of it."""
    told = {"X-Forwarded-Method": ["{http.request.method}"], "X-Forwarded-Uri": ["{http.request.uri}"]}
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": gate}],
        "rewrite": {"method": "GET", "uri": page},
        "headers": {"request": {"set": told}},
        "handle_response": [{"match": {"status_code": [2]}, "routes": [{"handle": [{"handler": "vars"}]}]}],
    }


def handed_on(address: str) -> Json:
    """Hand a request on to a server."""
    return {"handler": "reverse_proxy", "upstreams": [{"dial": address}]}


def without(*headers: str) -> Json:
    """Take headers out of a request."""
    return {"handler": "headers", "request": {"delete": list(headers)}}


def without_prefix(prefix: str) -> Json:
    """Take the beginning of a path off."""
    return {"handler": "rewrite", "strip_path_prefix": prefix}
