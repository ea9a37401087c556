"""The real Alertmanager for a moment: it tells nobody, keeps cases apart, and leaves nothing behind."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from hypothesis import given

from stack import rehearsal
from stack.documents import leaves
from stack.errors import CommandFailed, Refused
from stack.rehearsal import CASE, rehearse, rehearsed
from tests.stack.alerting.trees import configurations
from tests.tools import tools

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWN: dict[str, Any] = {
    "global": {"smtp_auth_password_file": "../../secrets/smtp", "slack_api_url": "http://127.0.0.1:9/"},
    "templates": ["*.tmpl"],
    "route": {
        "receiver": "team",
        "group_wait": "10m",
        "routes": [
            {"matchers": ['severity="page"'], "group_by": ["service"], "group_interval": "1h"},
            {"matchers": ['severity="info"'], "group_by": ["..."], "receiver": "phone"},
        ],
    },
    "receivers": [
        {"name": "team", "slack_configs": [{"channel": "#a"}]},
        {"name": "phone", "pagerduty_configs": [{"routing_key_file": "../../secrets/key"}]},
    ],
    "inhibit_rules": [{"source_matchers": ['severity="page"'], "target_matchers": ['severity="info"']}],
}


@pytest.fixture(scope="session")
def program() -> Path:
    return tools("alertmanager")["alertmanager"]


def test_nobody_can_be_told_and_no_secret_is_named() -> None:
    made = rehearsed(OWN)

    assert made["receivers"] == [{"name": "team"}, {"name": "phone"}]
    assert made.keys() == {"route", "receivers", "inhibit_rules"}
    assert made["route"]["group_wait"] == "0s"
    assert [child.get("group_interval") for child in made["route"]["routes"]] == [None, None]
    assert made["inhibit_rules"][0]["equal"] == [CASE]


@given(configuration=configurations)
def test_the_routes_stay_and_every_group_is_of_one_case(configuration: dict[str, Any]) -> None:
    before, made = configuration["route"], rehearsed(configuration)["route"]

    def told(route: Mapping[str, Any]) -> list[Any]:
        kept = {key: route.get(key) for key in ("receiver", "matchers", "continue")}
        return [kept, *map(told, route.get("routes", []))]

    assert told(made) == told(before)
    groupings = [leaf for leaf in leaves(made) if "group_by" in leaf.path]
    assert {leaf.value for leaf in groupings} & {CASE, "..."}


@pytest.mark.integration
def test_cases_do_not_see_one_another(program: Path) -> None:
    page, info = {"alertname": "A", "severity": "page"}, {"alertname": "B", "severity": "info"}
    found = {
        (told.case, told.labels["alertname"]): (told.receiver, dict(told.group), told.inhibited, told.muted)
        for told in rehearse(program, OWN, [[page, info], [info], [page | {"service": "crm"}]])
    }

    assert found == {
        (0, "A"): ("team", {}, False, False),
        (0, "B"): ("phone", info, True, False),
        (1, "B"): ("phone", info, False, False),
        (2, "A"): ("team", {"service": "crm"}, False, False),
    }


@pytest.mark.integration
def test_it_leaves_neither_a_process_nor_a_file(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[Path] = []

    def cut(*_: object) -> None:
        seen.extend(tmp_path.iterdir())
        raise Refused(message="cut")

    monkeypatch.setattr(rehearsal, "_steady", cut)

    with pytest.raises(Refused, match="cut"):
        rehearse(program, OWN, [[{"a": "b"}]])
    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []
    assert [one for one in psutil.process_iter(["cwd"]) if str(tmp_path) in str(one.info["cwd"])] == []


@pytest.mark.integration
def test_without_an_alert_there_is_nothing_to_wait_for(program: Path) -> None:
    assert rehearse(program, OWN, []) == ()


@pytest.mark.integration
def test_a_configuration_that_is_refused_says_why(program: Path) -> None:
    with pytest.raises(Refused, match="Alertmanager does not start: undefined receiver"):
        rehearse(program, {**OWN, "receivers": []}, [])


@pytest.mark.parametrize(("said", "quoted"), [("", "without a word"), ("one\nlast word", "last word")])
def test_a_program_that_ends_at_once_is_quoted(said: str, quoted: str, tmp_path: Path) -> None:
    program = tmp_path / "alertmanager"
    program.write_text(f"#!/bin/sh\nprintf '{said}'\nexit 3\n")
    program.chmod(0o755)

    with pytest.raises(Refused, match=f"does not start: {quoted}"):
        rehearse(program, OWN, [])


def test_one_that_never_listens_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "DEADLINE", 0.2)
    program = tmp_path / "alertmanager"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)

    with pytest.raises(Refused, match="has not done what was asked"):
        rehearse(program, OWN, [])


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises((CommandFailed, Refused), match="alertmanager"):
        rehearse(tmp_path / "alertmanager", OWN, [])
