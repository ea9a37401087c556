from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.exporters.gate.paths import demand

CASES = [
    ("GET", "/prometheus/query?g0.expr=up", {"user", "deploy"}),
    ("GET", "/prometheus/", {"user", "deploy"}),
    ("GET", "/prometheus/api/v1/query?query=a/../b", {"user", "read", "deploy"}),
    ("POST", "/prometheus/api/v1/query_range", {"user", "read", "deploy"}),
    ("GET", "/prometheus/api/v1/label/job/values", {"user", "read", "deploy"}),
    ("GET", "/prometheus/federate?match[]=up", {"user", "read", "deploy"}),
    ("POST", "/prometheus/api/v1/write", {"deploy"}),
    ("POST", "/prometheus/-/reload", {"deploy"}),
    ("GET", "/prometheus/-/quit", {"deploy"}),
    ("GET", "/prometheus/-/healthy/x", {"deploy"}),
    ("GET", "/prometheus/-/healthy", {"user", "deploy"}),
    ("POST", "/prometheus/api/v1/admin/tsdb/snapshot", {"deploy"}),
    ("GET", "/prometheus/api/v1/admin", {"deploy"}),
    ("GET", "/prometheus/debug/pprof/heap", {"deploy"}),
    ("GET", "/alertmanager/", {"user", "deploy"}),
    ("GET", "/alertmanager/api/v2/alerts", {"user", "read", "silence", "deploy"}),
    ("POST", "/alertmanager/api/v2/alerts", {"deploy"}),
    ("POST", "/alertmanager/api/v2/silences", {"user", "silence", "deploy"}),
    ("DELETE", "/alertmanager/api/v2/silence/1-2", {"user", "silence", "deploy"}),
    ("POST", "/alertmanager/-/reload", {"deploy"}),
    ("PUT", "/pushgateway/metrics/job/nightly/instance/a", {"push", "deploy"}),
    ("DELETE", "/pushgateway/metrics/job@base64/bmlnaHRseQ", {"push", "deploy"}),
    ("GET", "/pushgateway/metrics", {"user", "deploy"}),
    ("PUT", "/pushgateway/api/v1/admin/wipe", {"deploy"}),
    ("GET", "/grafana/metrics", {"deploy"}),
    ("GET", "/grafana/api/health", {"deploy"}),
    ("POST", "/-/door/prometheus/-/reload", {"deploy"}),
    ("GET", "/-/door/sink/notifications", {"deploy"}),
    ("GET", "/-/door/", None),
    ("GET", "/PROMETHEUS/query", None),
    ("GET", "/prometheusx/", None),
    ("GET", "/", None),
]


@pytest.mark.parametrize(("method", "uri", "grants"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def test_a_path_is_open_to_those_and_to_nobody_else(method: str, uri: str, grants: set[str] | None) -> None:
    assert demand(method, uri) == (None if grants is None else frozenset(grants))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "*",
        "prometheus/query",
        "//prometheus/query",
        "/prometheus//query",
        "/prometheus/../-/door/prometheus/-/quit",
        "/prometheus/%2e%2e/query",
        "/prometheus/.%2E/query",
        "/prometheus/./query",
        "/prometheus/..",
        "/prometheus;/-/quit",
        "/prometheus/x;y/query",
        "/prometheus/x%3By/query",
        "/prometheus/-%2Freload",
        "/prometheus/-%5creload",
        "/prometheus/-\\reload",
        "/prometheus/%252e%252e/query",
        "/prometheus/que%00ry",
        "/prometheus/que\nry",
        "/prometheus/%zz",
        "/prometheus/ü",
    ],
)
def test_what_two_readers_could_take_for_two_paths_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        demand("GET", uri)


@pytest.mark.parametrize(
    "way", ["/prometheus/%2d/reload", "/prometheus/-/%72eload", "/%70rometheus/-/reload"]
)
def test_another_spelling_of_a_path_is_that_path(way: str) -> None:
    assert demand("POST", way) == frozenset({"deploy"})


@given(st.text(), st.sampled_from(["GET", "POST", "PUT", "BREW"]))
def test_nothing_that_ends_or_changes_a_server_is_ever_open_to_users(tail: str, method: str) -> None:
    for head in (
        "/prometheus/-/reload",
        "/prometheus/api/v1/admin/",
        "/alertmanager/-/quit",
        "/-/door/prometheus/",
    ):
        try:
            grants = demand(method, head + tail)
        except ValueError:
            continue
        assert not grants or grants == {"deploy"}
