"""What our templates make of usual and unusual notifications, by Alertmanager's own template engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.checks._payloads import EMPTY, OVER, USUAL, payloads
from pipelines.checks._written import Writer, fields
from pipelines.core.check import Inspection
from stack.assemble import assemble
from stack.binaries import resolve
from stack.exporters.sink.mark import read_mark
from stack.exporters.sink.protocols.pagerduty import SEVERITIES
from stack.load import load
from stack.rendering import render_tree
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.integration

NAMES = list(payloads("prod"))
Texts = dict[tuple[str, str, str], str]


def written(folder: Path, overrides: Sequence[str] = ()) -> Texts:
    """Write production's notifications: kind, field and payload to text."""
    stack = assemble(load("prod", overrides=overrides).environment, root=ROOT)
    _, tree = render_tree(stack, {})
    tree.write(folder / "current")
    program = stack.defined["alertmanager"].program
    assert program
    found = resolve(
        [program], stack.environment, ROOT / "var" / "cache", tell=lambda _: None, progress=lambda *_: None
    )
    inspection = Inspection(stack, tree, folder, found["alertmanager"].executables, ROOT)
    every = [field for field in fields(inspection) if field.templated]
    with Writer.of(inspection) as writer:
        said = list(writer.write(every))
    assert [one.fault for one in said if one.fault] == []
    return {(one.field.kind, one.field.key, one.payload): one.text for one in said}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return written(tmp_path_factory.mktemp("prod"))


@pytest.fixture(scope="module")
def sunk(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return written(tmp_path_factory.mktemp("prod"), ["notifications=sink"])


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    pages = ("alertmanager_ui=https://alerts.example.com", "prometheus_ui=https://prometheus.example.com")
    return written(tmp_path_factory.mktemp("prod"), [f"values.{page}" for page in pages])


@pytest.mark.parametrize("name", NAMES)
def test_every_text_keeps_within_what_its_service_takes(texts: Texts, name: str) -> None:
    title, subject = texts["slack", "title", name], texts["email", "subject", name]
    description = texts["pagerduty", "description", name]

    assert 0 < len(title) <= 400
    assert subject == title
    assert "\n" not in subject
    assert 0 < len(description) <= 1024
    assert "\n" not in description
    assert 0 < len(texts["slack", "text", name]) < 8000 or name == EMPTY
    assert texts["pagerduty", "severity", name] in SEVERITIES
    assert texts["slack", "color", name] in {"danger", "warning", "good", "#439fe0"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {EMPTY, "an alert without labels"}])
def test_every_message_says_which_environment(texts: Texts, name: str) -> None:
    for kind, key in (
        *(("slack", key) for key in ("title", "text", "fallback", "footer")),
        *(("pagerduty", key) for key in ("description", "environment", "client")),
        *(("email", key) for key in ("subject", "text", "html")),
    ):
        assert "prod" in texts[kind, key, name], key


def test_alerts_of_several_environments_are_each_named(texts: Texts) -> None:
    name = "alerts of several environments"

    assert texts["slack", "title", name] == "[FIRING:2, RESOLVED:1] prod, elsewhere: Sample, Other"
    description = "prod, elsewhere: Sample, Other \N{EN DASH} a summary (and 2 more)"
    assert texts["pagerduty", "description", name] == description
    assert texts["pagerduty", "environment", name] == "prod, elsewhere"
    assert texts["slack", "text", name].count("Good news, this is over:\n*Other*") == 1


def test_an_end_reads_as_good_news(texts: Texts) -> None:
    assert texts["slack", "title", OVER] == "[RESOLVED:1] prod: Sample (host:1)"
    assert texts["slack", "color", OVER] == "good"
    for kind, key in (("slack", "text"), ("email", "text"), ("email", "html")):
        assert "Good news, all of this is over:" in texts[kind, key, OVER]
        assert "over since 2001-02-03 05:06:07 UTC, after 1h1m1s" in texts[kind, key, OVER]
        assert "Good news" not in texts[kind, key, USUAL]


def test_of_very_many_alerts_the_first_are_shown_and_the_rest_counted(texts: Texts) -> None:
    assert texts["slack", "title", "100 alerts"] == "[FIRING:100] prod: Sample"
    assert texts["slack", "text", "100 alerts"].endswith("… and 95 more\n")
    assert "… and 90 more" in texts["email", "text", "100 alerts"]
    assert "… and 90 more" in texts["email", "html", "100 alerts"]
    assert texts["pagerduty", "firing", "100 alerts"].endswith("… and 90 more")


def test_a_drill_is_marked_everywhere(texts: Texts) -> None:
    for kind, key in (
        *(("slack", key) for key in ("title", "text", "fallback")),
        ("pagerduty", "description"),
        *(("email", key) for key in ("subject", "text", "html")),
    ):
        assert "[DRILL]" in texts[kind, key, "a drill"], key
        assert "DRILL" not in texts[kind, key, USUAL], key


def test_foreign_texts_can_neither_call_a_channel_together_nor_end_a_tag(texts: Texts) -> None:
    name = "texts in many scripts"

    assert "🌡️ &amp; &lt;b&gt;\"'`${x}" in texts["slack", "text", name]
    assert "<b>" not in texts["slack", "title", name] + texts["email", "html", name]
    assert "Wärme · 温度 · حرارة" in texts["email", "html", name]


def test_links_lead_only_where_the_environment_says_that_there_is_something(
    texts: Texts, linked: Texts
) -> None:
    view = "https://alerts.example.com/#/alerts?receiver=sample"
    graph = "https://prometheus.example.com/graph?g0.expr=up"

    assert texts["slack", "title_link", USUAL] == "https://runbook.example/Sample"
    assert texts["pagerduty", "client_url", USUAL] == ""
    assert not [text for text in texts.values() if "alertmanager.example" in text or "/graph" in text]
    assert linked["slack", "title_link", USUAL] == linked["pagerduty", "client_url", USUAL] == view
    assert f"<{graph}|Graph>" in linked["slack", "text", USUAL]
    assert f'href="{graph}"' in linked["email", "html", USUAL]
    assert f"Alertmanager: {view}" in linked["email", "text", USUAL]


def test_a_runbook_that_is_a_path_is_named_and_no_link(texts: Texts) -> None:
    name = "an alert without annotations"

    assert texts["slack", "title_link", name] == texts["pagerduty", "href", name] == ""
    assert "no summary" in texts["slack", "text", name]


@pytest.mark.parametrize("name", NAMES)
def test_the_sink_reads_its_mark_whatever_the_alerts(sunk: Texts, name: str) -> None:
    mark, payload = read_mark(sunk["slack", "value", name]), payloads("prod")[name]
    names = (alert["labels"].get("alertname", "") for alert in payload["alerts"])

    assert mark
    assert mark.status == payload["status"]
    assert mark.alerts == tuple(dict.fromkeys(names))
    assert sunk["email", "x-monitoring-sink", name] == sunk["slack", "value", name]
