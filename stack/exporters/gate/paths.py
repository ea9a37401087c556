"""What each path asks of whoever comes: the one list of what is open to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["DEPLOY", "SCOPES", "USER", "Demand", "demand"]

USER, READ, PUSH, SILENCE, DEPLOY = "user", "read", "push", "silence", "deploy"

SCOPES = frozenset({READ, PUSH, SILENCE})
"""What a program's token may be good for."""

LOOK = frozenset({"GET", "HEAD", "OPTIONS"})
ASK = LOOK | {"POST"}
WRITE = frozenset({"PUT", "POST", "DELETE"})

QUERIES = (
    "query|query_range|query_exemplars|format_query|parse_query|series|labels|label/[^/]+/values|rules|alerts"
    "|targets|targets/metadata|metadata|alertmanagers|status/(buildinfo|runtimeinfo|tsdb|flags|config|walreplay)"
)
STATES = "alerts|alerts/groups|silences|silence/[^/]+|status|receivers"


@dataclass(frozen=True, slots=True)
class Demand:
    """Whoever may do one of `methods` on the paths that `pattern` matches in full."""

    pattern: str
    methods: frozenset[str] | None
    grants: frozenset[str]


def _open(pattern: str, methods: frozenset[str] | None, *grants: str) -> Demand:
    return Demand(pattern, methods, frozenset({*grants, DEPLOY}))


DEMANDS = (
    _open("/-/door/[a-z_]+/.*", None),
    # What ends, changes or dissects a server, and what Grafana tells without a login.
    _open("/(prometheus|alertmanager|pushgateway)/-/(?!healthy$|ready$).*", None),
    _open("/(prometheus|alertmanager|pushgateway)/debug(/.*)?", None),
    _open("/(prometheus|pushgateway)/api/v1/admin(/.*)?", None),
    _open("/grafana/(metrics|healthz|api/health|debug)(/.*)?", None),
    # What programs ask.
    _open(f"/prometheus/api/v1/({QUERIES})", ASK, USER, READ),
    _open("/prometheus/federate", LOOK, USER, READ),
    _open(f"/alertmanager/api/v2/({STATES})", LOOK, USER, READ, SILENCE),
    _open("/alertmanager/api/v2/silences", frozenset({"POST"}), USER, SILENCE),
    _open("/alertmanager/api/v2/silence/[^/]+", frozenset({"DELETE"}), USER, SILENCE),
    _open("/pushgateway/metrics/job(@base64)?/.+", WRITE, PUSH),
    # The pages for people.
    _open("/(prometheus|alertmanager|pushgateway)(/.*)?", LOOK, USER),
    # Whatever else a server takes, now or in a later version.
    _open("/(prometheus|alertmanager|pushgateway)/.*", None),
)

_SEGMENT = r"(?!\.{1,2}(?:/|$))[\w.~@:=,+$!*'()& -]+"
_PLAIN = re.compile(rf"/|(?:/{_SEGMENT})+/?")
# Encodings of what is another path to somebody who decodes it again, or earlier: / \ . ; % and controls.
_TRICK = re.compile(r"%(2f|5c|2e|3b|25|[01][0-9a-f]|7f)|%(?![0-9a-f]{2})|[^\x21-\x7e]", re.IGNORECASE)


def demand(method: str, uri: str) -> frozenset[str] | None:
    """Give the grants any one of which is enough for a request; None where there is nothing at that path.

    Raises:
        ValueError: the path is not written in the one plain way.
    """
    path = _plain(uri)
    for one in DEMANDS:
        if (one.methods is None or method in one.methods) and re.fullmatch(one.pattern, path):
            return one.grants
    return None


def _plain(uri: str) -> str:
    """Give the decoded path of a request.

    Raises:
        ValueError: two readers could take it for two different paths.
    """
    raw = uri.partition("?")[0]
    path = unquote(raw)
    if _TRICK.search(raw) or not _PLAIN.fullmatch(path):
        raise ValueError("the path is not written in the one plain way")
    return path
