"""Where links lead: to dashboards that are there, with the environment; to runbooks that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.dashboards.boards import ENVIRONMENTS, ROOT, STEMS, board, board_with, deployed, environment, shown
from tests.dashboards.test_thresholds import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.dashboards.panels import Panel

WIKI = "https://wiki.example/runbooks"
KEPT = re.compile(r"\$\{(\w+):queryparam\}")
ONE = re.compile(r"var-(\w+)=\$\{__field\.labels\.(\w+)\}")
TIME = "${__url_time_range}"


def links(panel: Panel) -> list[Mapping[str, Any]]:
    """Give the links of a panel, and of its series."""
    return [*panel.body.get("links", []), *panel.body["fieldConfig"]["defaults"].get("links", [])]


def inner(model: Mapping[str, Any]) -> Iterator[str]:
    """Yield the address of each link of a model's panels to a dashboard."""
    for panel in shown(model):
        yield from (link["url"] for link in links(panel) if link["url"].startswith("/d/"))


def choices(model: Mapping[str, Any]) -> set[str]:
    """Name the variables of a model."""
    return {variable["name"] for variable in model["templating"]["list"]}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_links_lead_to_dashboards_of_the_same_environment_and_set_their_choices(name: str) -> None:
    there = {made.model["uid"]: made.model for made in deployed(name).values()}
    for model in there.values():
        for url in inner(model):
            uid, _, query = url.removeprefix("/d/").partition("?")
            *parts, time = query.split("&")
            kept = [found[1] for part in parts if (found := KEPT.fullmatch(part))]
            one = [found[1] for part in parts if (found := ONE.fullmatch(part)) and found[1] == found[2]]
            assert len(kept) + len(one) == len(parts), url
            assert (parts[0], time) in {("${env:queryparam}", TIME), ("var-env=${__field.labels.env}", TIME)}
            assert {*kept, *one} <= choices(there[uid]), url
            assert set(kept) <= choices(model), url


@pytest.mark.parametrize("stem", STEMS)
def test_every_dashboard_leads_on(stem: str) -> None:
    assert list(inner(board(stem).model))


def test_the_overview_leads_to_each_service_and_on_to_one_machine() -> None:
    found = {url.removeprefix("/d/").partition("?")[0] for url in inner(board("overview").model)}
    assert found == {
        *("alertmanager", "blackbox", "node", "pipeline", "prometheus", "slo"),
        "vertical-fleet-health",
    }
    assert any("var-instance=${__field.labels.instance}" in url for url in inner(board("overview").model))


@pytest.mark.parametrize(
    ("stem", "label"),
    [
        *((stem, "instance") for stem in ("node", "blackbox", "postgres", "redis")),
        *(("resources", "resource"), ("docker", "container"), ("command_center", "service")),
    ],
)
def test_a_series_leads_to_the_one_thing_that_it_is_of(stem: str, label: str) -> None:
    model = board(stem).model
    found = [panel for panel in shown(model) if f"var-{label}=" in " ".join(inner({"panels": [panel.body]}))]
    assert found
    for panel in found:
        assert all(
            link["url"].startswith(f"/d/{model['uid']}?") for link in links(panel) if "var-" in link["url"]
        )


@pytest.mark.parametrize("stem", STEMS)
def test_every_dashboard_is_reached_from_the_overview_and_from_every_other(stem: str) -> None:
    # By its tag: in the overview's list, and in the menu at each one's top.
    (listed,) = (panel for panel in shown(board("overview").model) if panel.kind == "dashlist")
    (menu,) = board(stem).model["links"]
    assert listed.body["options"]["tags"] == menu["tags"] == board(stem).model["tags"]
    assert listed.body["options"]["includeVars"]
    assert menu["type"] == "dashboards"
    assert menu["includeVars"]


@pytest.mark.parametrize("stem", STEMS)
def test_an_alerts_runbook_is_there_and_is_a_link_where_it_has_an_address(stem: str) -> None:
    values = environment("prod").values
    with_links = board_with({**values, "runbooks": WIKI}, stem).model
    for panel, linked in zip(shown(board(stem).model), shown(with_links), strict=True):
        for alert in named(panel):
            assert f"docs/runbooks/{alert}.md" in panel.body["description"]
            assert (ROOT / "docs" / "runbooks" / f"{alert}.md").exists()
        assert [link["url"] for link in links(linked) if link["title"].startswith("Runbook")] == [
            f"{WIKI}/{alert}.md" for alert in named(panel)
        ]
        assert WIKI not in linked.body["description"] or linked.title == "Firing alerts"
        assert not [link for link in links(panel) if link["title"].startswith("Runbook")]


def test_a_firing_alert_leads_to_its_runbook() -> None:
    values = environment("prod").values
    with_links = board_with({**values, "runbooks": WIKI}, "overview").model
    (table,) = (panel for panel in shown(with_links) if panel.title == "Firing alerts")
    (override,) = table.body["fieldConfig"]["overrides"]
    assert override["matcher"] == {"id": "byName", "options": "alertname"}
    assert override["properties"][0]["value"][0]["url"] == WIKI + "/${__value.raw}.md"
