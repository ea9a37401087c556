"""A plan says what differs between what is wanted and what is live, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.changes import changes, is_healing
from stack.assemble import assemble
from stack.binaries import Binary
from stack.emit import from_yaml, to_json
from stack.environment import Environment
from stack.rendering import render_tree
from stack.runtimes.layout import Layout
from stack.runtimes.process_table import process_table
from stack.runtimes.processes import FINGERPRINT, programs
from stack.runtimes.protocol import Action, Change, Live, State
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack

CASES = sorted((Path(__file__).parents[2] / "cases" / "plan").glob("*.yaml"))
KEYS = {"about", "live", "wanted", "wanted_files", "rotated", "expect"}
LIVE_KEYS = {"release", "state", "environment", "files", "stopped", "builds", "also_runs"}
EMPTY = Path("/nonexistent")  # no rules and no dashboards: services alone

BASE: dict[str, Any] = {
    "name": "local",
    "notifications": "real",
    "services": {"command_center": True},
    "alertmanager": {
        "route": {"receiver": "slack-dev", "group_wait": "1s"},
        "receivers": [
            {"name": "slack-dev", "slack_configs": [{"api_url_file": "${{ secrets.slack_webhook_url }}"}]}
        ],
    },
    "secrets": {"slack_webhook_url": "env:SLACK", "slack": "env:OTHER"},
}


@dataclass(frozen=True)
class Side:
    """One side of a comparison: what a stack would be on this machine."""

    stack: Stack
    tree: Tree
    fingerprints: Mapping[str, str]


def side(
    sections: Mapping[str, Any],
    files: Mapping[str, str] | None = None,
    builds: Mapping[str, str] | None = None,
) -> Side:
    """Render an environment, and say which processes it leads to."""
    return _side(to_json({**BASE, **merged(sections)}), to_json(files or {}), to_json(builds or {}))


def merged(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Lay sections over those of the base, two levels deep."""
    laid = {}
    for name, value in sections.items():
        usual = BASE.get(name)
        laid[name] = {**usual, **value} if isinstance(usual, dict) else value
    route = sections.get("alertmanager", {}).get("route")
    if route:
        laid["alertmanager"]["route"] = {**BASE["alertmanager"]["route"], **route}
    return laid


@cache
def _side(environment: bytes, files: bytes, builds: bytes) -> Side:
    stack = assemble(Environment.model_validate(from_yaml(environment)), root=EMPTY)
    tree = render_tree(stack, process_table(stack))[1]
    tree = Tree({**tree.files, **{path: text.encode() for path, text in from_yaml(files).items()}})
    found = programs(stack, tree, binaries(stack, from_yaml(builds)), Layout(Path("/lab")))
    return Side(stack, tree, {name: program.env[FINGERPRINT] for name, program in found.items()})


def binaries(stack: Stack, builds: Mapping[str, str]) -> dict[str, Binary]:
    """Pretend that every program is there, each of one build."""
    wanted = {service.program.name: service.program for service in stack.services.values() if service.program}
    return {
        name: Binary(
            program=name,
            version="1.0.0",
            source="test",
            executables={command: Path(f"/opt/{name}/{command}") for command in program.executables},
            digests={name: builds.get(name, "usual")},
        )
        for name, program in wanted.items()
    }


def live_of(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> Live:
    """Give what is live in a case: what is wanted, but for what the case says."""
    if there.get("release") is False:
        return Live()
    before = there.get("environment", {} if wanted else wanted)
    found = side(before, there.get("files"), there.get("builds"))
    running = {
        name: mark for name, mark in found.fingerprints.items() if name not in there.get("stopped", ())
    }
    return Live(
        release=found.tree.digest,
        state=State(there.get("state", "proved")),
        running={**running, **there.get("also_runs", {})},
        tree=found.tree,
    )


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_case_has_just_these_changes(path: Path) -> None:
    case = from_yaml(path.read_bytes())
    assert case.keys() <= KEYS
    assert case.get("live", {}).keys() <= LIVE_KEYS
    now, live = side(case.get("wanted", {}), case.get("wanted_files")), live_of(case.get("live", {}), case)

    found = changes(now.stack, now.tree, now.fingerprints, live, tuple(case.get("rotated", ())))

    expected = {name: Change(name, Action(action), why) for name, (action, why) in case["expect"].items()}
    assert {change.service: change for change in found if change.action is not Action.NOTHING} == expected
    assert {change.service for change in found} == now.stack.services.keys() | live.running.keys()


@pytest.mark.parametrize(
    ("running", "action"),
    [({}, Action.CREATE), ({"helper": "old"}, Action.RECREATE), ({"helper": "new"}, Action.NOTHING)],
)
def test_what_a_runtime_runs_beside_the_services_is_compared_by_its_fingerprint(
    running: dict[str, str], action: Action
) -> None:
    now = side({})
    wanted = {**now.fingerprints, "helper": "new"}
    live = Live(now.tree.digest, State.PROVED, 0.0, {**now.fingerprints, **running}, now.tree)
    found = {one.service: one.action for one in changes(now.stack, now.tree, wanted, live, ())}

    assert found == {**dict.fromkeys(now.stack.services, Action.NOTHING), "helper": action}
    kept = changes(now.stack, now.tree, now.fingerprints, live, ())
    assert {one.service for one in kept if one.action is Action.REMOVE} == running.keys()


def test_every_action_has_a_case() -> None:
    expected = {action for path in CASES for action, _ in from_yaml(path.read_bytes())["expect"].values()}

    assert expected == {action.value for action in Action} - {"nothing"}


environments = st.fixed_dictionaries(
    {
        "services": st.fixed_dictionaries(
            {},
            optional={name: st.booleans() for name in ("command_center", "pushgateway", "grafana", "sink")},
        ),
        "flags": st.dictionaries(
            st.sampled_from(["prometheus", "node", "grafana"]),
            st.lists(st.from_regex(r"--[a-z]{1,8}(=[a-z0-9]{1,4})?", fullmatch=True), max_size=2),
        ),
        "scrape_interval": st.sampled_from(["5s", "15s", "1m"]),
        "notifications": st.sampled_from(["sink", "real"]),
    }
)


@settings(deadline=None, max_examples=40)
@given(environments, st.sampled_from([State.ACTIVE, State.PROVED]))
def test_where_live_is_what_is_wanted_nothing_changes(sections: dict[str, Any], state: State) -> None:
    now = side(sections)
    live = Live(now.tree.digest, state, 0.0, now.fingerprints, now.tree)

    found = changes(now.stack, now.tree, now.fingerprints, live, ())
    assert {change.action for change in found} == {Action.NOTHING}
    assert not any(change.reason for change in found)


@settings(deadline=None, max_examples=40)
@given(environments, environments)
def test_every_difference_between_two_environments_is_found_and_given_a_reason(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    old, new = side(before), side(after)
    live = Live(old.tree.digest, State.PROVED, 0.0, old.fingerprints, old.tree)

    found = {change.service: change for change in changes(new.stack, new.tree, new.fingerprints, live, ())}
    for name in old.fingerprints.keys() | new.fingerprints.keys():
        same_process = old.fingerprints.get(name) == new.fingerprints.get(name)
        same_files = old.tree.below(name) == new.tree.below(name)
        assert (found[name].action is Action.NOTHING) == (same_process and same_files), found[name]
        assert bool(found[name].reason) == (found[name].action is not Action.NOTHING)


def test_what_goes_away_is_told_last_and_in_order() -> None:
    now = side({})
    live = replace(live_of({}, {}), running={**now.fingerprints, "zz": "1", "aa": "2"})

    found = [change.service for change in changes(now.stack, now.tree, now.fingerprints, live, ())]
    assert found[-2:] == ["aa", "zz"]
    assert found[:-2] == sorted(now.stack.services)


def test_only_an_activation_that_was_begun_can_have_been_cut_off() -> None:
    assert not is_healing(Live())
    assert is_healing(Live("a", State.ACTIVATING))
    assert not is_healing(Live("a", State.ACTIVE))


def test_a_changed_variable_is_a_reason() -> None:
    now = side({})
    table = re.sub(rb"MONITORING_DASHBOARDS", b"MONITORING_OTHER", now.tree.files["runtime/processes.json"])
    before = Tree({**now.tree.files, "runtime/processes.json": table})
    live = replace(live_of({}, {}), running={**now.fingerprints, "grafana": "other"}, tree=before)

    found = changes(now.stack, now.tree, now.fingerprints, live, ())
    assert Change("grafana", Action.RECREATE, "other variables") in found


def test_a_start_up_file_that_no_process_has_read_yet_is_no_reason() -> None:
    now = side({})
    failed = side({}, {"grafana/grafana.ini": "[server]"})  # its link was flipped, and then it was cut off
    live = Live(failed.tree.digest, State.ACTIVE, 0.0, now.fingerprints, failed.tree)

    found = changes(now.stack, now.tree, now.fingerprints, live, ())
    assert Change("grafana", Action.NOTHING, "") in found
