"""Routing tests become cases, or mistakes with their places; nothing in them is an exception."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack.assemble import services
from stack.emit import to_yaml
from stack.environment import Environment
from stack.routing_tests import Read, read
from stack.service import Stack

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
routes:
  - name: first
    labels: {alertname: Down, env: "${{ env.name }}"}
    receivers: [phone, team]
    group: {env: lab}
    groups: {team: {alertname: Down}}
  - {name: of the sink, needs: [sink], labels: {a: b}, receivers: [team]}
  - {name: of nothing, needs: [sink, nothing], labels: {a: b}, receivers: [team]}
inhibitions:
  - name: two are told
    firing: [{alertname: Down}, {alertname: Stale}, {alertname: Stale, a: b}]
    told: [Down, 2, Up, 3]
times:
  - {name: at night, labels: {a: b}, at: 2026-11-28T03:00:00+01:00, muted: true}
"""
KEYS = [
    "routes",
    "inhibitions",
    "times",
    "name",
    "labels",
    "receivers",
    "group",
    "groups",
    "needs",
    "firing",
    "told",
    "at",
    "muted",
]


def given_text(folder: Path, text: bytes) -> Read:
    path = folder / "lab.yml"
    path.write_bytes(text)
    defined = services()
    return read(path, Stack(Environment.model_validate({"name": "lab"}), {"sink": defined["sink"]}, defined))


def test_cases_have_their_places_and_values_and_only_those_that_can_be_asked_are_given(
    tmp_path: Path,
) -> None:
    found = given_text(tmp_path, TEXT.encode())
    (where, first), (_, second) = found.routes()
    [(at, inhibition)] = found.inhibitions()
    [(_, time)] = found.times()

    assert found.problems == ()
    assert (where, first.name, second.name) == (
        "rules/tests/routing/lab.yml:2:5: routes.0",
        "first",
        "of the sink",
    )
    assert first.labels == {"alertname": "Down", "env": "lab"}
    assert first.grouped == {"phone": {"env": "lab"}, "team": {"alertname": "Down"}}
    assert second.grouped == {}
    assert at == "rules/tests/routing/lab.yml:10:5: inhibitions.0"
    assert [inhibition.is_told(position) for position in range(3)] == [True, False, True]
    assert inhibition.strangers == ["Up", 3]
    assert time.at == datetime(2026, 11, 28, 2, tzinfo=UTC)


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert "cannot be read: 'utf-8'" in given_text(tmp_path, b"\xff").problems[0].line()
    assert "must hold keys and values" in given_text(tmp_path, b"").problems[0].line()
    assert given_text(tmp_path, b'a: "${{ env.nope }}"').problems[0].where == "rules/tests/routing/lab.yml:1"
    missing = read(tmp_path / "gone.yml", Stack(Environment.model_validate({"name": "lab"}), {}, {}))
    assert "cannot be read: " in missing.problems[0].line()
    assert {problem.check for problem in missing.problems} == {"routing_tests"}


leaf = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from([*KEYS, "2026-11-28"])
)
document = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=30,
)
whole = st.fixed_dictionaries({}, optional={key: st.lists(document, max_size=3) for key in KEYS[:3]})


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=whole | document)
def test_any_document_gives_cases_or_mistakes_and_never_both(content: Any, tmp_path: Path) -> None:
    found = given_text(tmp_path, to_yaml(content))

    assert bool(found.problems) is not bool([*found.routes()])
    assert all(problem.where.startswith("rules/tests/routing/lab.yml") for problem in found.problems)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary() | st.text().map(str.encode))
def test_any_bytes_give_mistakes(data: bytes, tmp_path: Path) -> None:
    assert given_text(tmp_path, data).problems
