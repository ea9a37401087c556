"""The lines of the checklist that ask what is there now."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.checklists import audit, firing, plan, rollback, silences
from pipelines.core.audit import Audit, Audited
from pipelines.core.checklist import Line
from pipelines.core.stage import Pipeline, stage
from pipelines.core.values import Plan, RenderedTree, ValidatedTree
from stack.discover import definitions
from stack.moment import moment
from stack.report import Problem, Report, Severity
from stack.runtimes.protocol import Action, Change
from tests.pipelines.checklists.looking import GOOD, OTHER, said

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

    from pipelines.core.checklist import Look
    from pipelines.core.effects import Effects
    from stack.load import Loaded
    from tests.pipelines.core.doubles import Noting


@pytest.fixture
def planning(monkeypatch: pytest.MonkeyPatch) -> list[Effects]:
    """Let a dry run find this release to be what the files give; what it is given is noted."""
    given: list[Effects] = []

    @stage
    def dry_run(loaded: Loaded, effects: Effects) -> Plan:
        """Give a plan."""
        given.append(effects)
        effects.console.say("a word")
        validated = ValidatedTree(RenderedTree(GOOD.id, GOOD.stack, GOOD.tree), ())
        base = effects.runtime.live().release
        moving = Action.NOTHING if base == GOOD.id else Action.RELOAD
        return Plan(
            validated, base, (Change("prometheus", moving, ""), Change("node", Action.NOTHING, "")), ()
        )

    monkeypatch.setattr(plan, "DRY_RUN", Pipeline.of(dry_run))
    return given


def test_the_plan_is_green_where_nothing_is_to_be_done(
    look: Look, planning: list[Effects], capsys: pytest.CaptureFixture[str]
) -> None:
    options = replace(look.effects.options, values={"out": "/a/folder"})
    assert said(plan.LINE, replace(look, effects=replace(look.effects, options=options))) == (
        "green",
        f"the files give release {GOOD.id}, which is live",
        "",
    )
    assert capsys.readouterr().out == ""
    assert planning[0].options.text("out") == "", "it would be taken for a file to write the plan to"
    assert not (look.effects.var / "runs").exists()


def test_the_plan_is_red_where_something_would_change(
    look: Look, runtime: Noting, planning: list[Effects]
) -> None:
    runtime.deployed(OTHER)

    assert said(plan.LINE, look) == (
        "red",
        f"the files give release {GOOD.id}, but {OTHER.id} is live (reload prometheus)",
        "invoke deploy.plan --env local, then invoke deploy --env local",
    )


def test_the_audit_is_asked_now(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [Problem("leaks", "https://x", "tells its version", Severity.WARNING)]

    def found(outside: object) -> tuple[Audited, ...]:
        one = Audit("what leaks", lambda _: iter(()))
        return (
            Audited("leaks", one, asked=True, report=Report.of(problems)),
            Audited("b", one, asked=False, report=Report()),
        )

    monkeypatch.setattr(audit, "audit", found)
    state, evidence, _ = said(audit.LINE, look)
    assert state == "green"
    assert evidence.endswith("found nothing that must be mended, 1 warning(s): https://x: tells its version")

    problems.append(Problem("open_ports", "10.0.0.1:9090", "answers there"))
    assert said(audit.LINE, look) == (
        "red",
        "1 of what 1 audits found, just now: 10.0.0.1:9090: answers there",
        "invoke security.audit --env local",
    )


def served(look: Look, server: HTTPServer, *, alerts: list[Any] = [], quiet: list[Any] = []) -> Look:  # noqa: B006
    """Let Prometheus and Alertmanager answer this."""
    held = [
        {
            "labels": {**alert["labels"], "env": "local"},
            "startsAt": alert["activeAt"],
            "fingerprint": "f",
            "receivers": [{"name": "chat"}],
            "status": {"silencedBy": alert.get("by", []), "inhibitedBy": [], "mutedBy": []},
        }
        for alert in alerts
        if alert["state"] == "firing"
    ]
    answers = {
        "/api/v1/alerts": {"status": "success", "data": {"alerts": alerts}},
        "/api/v2/alerts": held,
        "/api/v2/silences": quiet,
    }
    for path, answer in answers.items():
        server.expect_request(path).respond_with_json(answer)
    url = server.url_for("").rstrip("/")
    look.effects.runtime.doors = dict.fromkeys(("prometheus", "alertmanager"), url)  # type: ignore[attr-defined]
    return look


def alert(name: str, severity: str, *, state: str = "firing", by: tuple[str, ...] = ()) -> dict[str, Any]:
    labels = {"alertname": name, "severity": severity, "service": "crm"}
    return {
        "labels": labels,
        "state": state,
        "activeAt": moment(time.time() - 100),
        "value": "1",
        "by": list(by),
    }


def test_what_pages_or_warns_is_red(look: Look, httpserver: HTTPServer) -> None:
    alerts = [
        alert("Down", "page"),
        alert("Slow", "warning"),
        alert("Known", "info"),
        alert("Watchdog", "none"),
    ]
    state, evidence, todo = said(firing.LINE, served(look, httpserver, alerts=alerts))

    assert (state, todo) == ("red", "invoke alerts --env local")
    assert evidence.startswith("2 alert(s) fire: Down service=crm since 1m")
    assert "; 1 more muted or only to be known: Known service=crm since 1m" in evidence


def test_what_is_pending_muted_or_only_to_be_known_is_green(look: Look, httpserver: HTTPServer) -> None:
    alerts = [
        alert("Down", "page", state="pending"),
        alert("Slow", "page", by=("3f0c",)),
        alert("Watchdog", "none"),
    ]
    state, evidence, _ = said(firing.LINE, served(look, httpserver, alerts=alerts))

    assert state == "green"
    assert evidence.startswith("nothing fires that pages or warns; 1 more muted or only to be known: Slow ")


def test_an_open_silence_is_told_with_its_reason(look: Look, httpserver: HTTPServer) -> None:
    matchers = [{"name": "alertname", "value": "Down", "isRegex": False, "isEqual": True}]
    one = {"matchers": matchers, "createdBy": "me", "comment": "a | b", "endsAt": "2030-01-01T00:00:00Z"}
    ended = {**one, "status": {"state": "expired"}}
    quiet = [ended, {**one, "status": {"state": "active"}}]

    assert said(silences.LINE, served(look, httpserver, quiet=quiet)) == (
        "red",
        '1 silence(s) open: alertname="Down" until 2030-01-01 00:00:00Z, by me: a | b',
        "invoke silence.list --env local",
    )


def test_no_open_silence_is_green(look: Look, httpserver: HTTPServer) -> None:
    assert said(silences.LINE, served(look, httpserver)) == ("green", "no silence is open", "")


def test_the_release_to_go_back_to_is_named(look: Look, runtime: Noting) -> None:
    assert said(rollback.LINE, look)[:2] == ("red", "no release but the live one was ever proved")

    runtime.deployed(OTHER)
    state, evidence, todo = said(rollback.LINE, replace(look))
    assert (state, todo) == ("green", "invoke rollback --env local")
    assert evidence == f"proved release {GOOD.id}, live last from 1970-01-01 00:16:40Z on"


def test_only_silences_and_rollback_are_advice() -> None:
    every = definitions("pipelines.checklists", "LINE", Line)

    assert [name for name, line in every.items() if not line.mandatory] == ["rollback", "silences"]
