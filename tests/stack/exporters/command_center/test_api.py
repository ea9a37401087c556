from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from stack.exporters.command_center.api import routes
from stack.exporters.command_center.fleet import KEYS, PERIOD, TOTALS, VERTICALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from stack.clients.http import Session

    Series = dict[tuple[str, str], float]

SERVICE_FAMILIES = {
    "aether_service_up",
    "aether_service_stale",
    "aether_verticals_scrape_errors_total",
    "aether_verticals_scrape_duration_seconds_count",
    "aether_verticals_scrape_duration_seconds_sum",
}


class _Center:
    """A served command center, whose clock the test moves."""

    def __init__(self, serve: Callable[..., Session]) -> None:
        self.now = 0.0
        self.session = serve(routes("local", lambda: self.now))

    def series(self) -> Series:
        """Give the values by name and by the label that tells series apart; every one must carry `env`."""
        found = {}
        for family in text_string_to_metric_families(self.session.get("/metrics").text):
            for sample in family.samples:
                labels = dict(sample.labels)
                assert labels.pop("env") == "local"
                assert len(labels) <= 1
                found[sample.name, next(iter(labels.values()), "")] = sample.value
        return found


@pytest.fixture
def center(serve: Callable[..., Session]) -> _Center:
    return _Center(serve)


def _changed(before: Series, after: Series) -> set[tuple[str, str]]:
    return {series for series in before.keys() | after.keys() if before.get(series) != after.get(series)}


def test_a_healthy_fleet_has_every_series_of_the_real_one(center: _Center) -> None:
    center.now = 100 * PERIOD
    series = center.series()

    assert series.keys() == {
        *((family, service) for family in SERVICE_FAMILIES for service in VERTICALS),
        *((f"aether_platform_total_{noun}", "") for noun in TOTALS),
        *(("aether_attribution_writes_total", key) for key in KEYS),
    }
    for service in VERTICALS:
        assert series["aether_service_up", service] == 1
        assert series["aether_service_stale", service] == 0
        assert series["aether_verticals_scrape_errors_total", service] == 0
        assert series["aether_verticals_scrape_duration_seconds_count", service] == 100
        assert 0 < series["aether_verticals_scrape_duration_seconds_sum", service] < 100


def test_two_fleets_of_the_same_age_report_the_same(serve: Callable[..., Session]) -> None:
    one, other = _Center(serve), _Center(serve)
    one.now = other.now = 12_345.6

    assert one.series() == other.series()


@pytest.mark.parametrize(
    ("fault", "touched"),
    [
        ("outage?service=crm", {("aether_service_up", "crm")}),
        ("stale?service=crm", {("aether_service_stale", "crm")}),
        ("stale", {("aether_service_stale", service) for service in VERTICALS}),
        ("silent?service=crm", {(family, "crm") for family in SERVICE_FAMILIES}),
        ("drop", {(f"aether_platform_total_{noun}", "") for noun in TOTALS}),
        ("errors", set()),
        ("slow", set()),
    ],
)
def test_a_fault_touches_its_own_series_only_and_is_undone(
    center: _Center, fault: str, touched: set[tuple[str, str]]
) -> None:
    center.now = 100 * PERIOD
    before = center.series()
    assert center.session.request("PUT", f"/faults/{fault}").ok

    assert _changed(before, center.series()) == touched
    assert center.session.request("DELETE", f"/faults/{fault}").ok
    assert center.series() == before


def test_errors_rise_and_scrapes_get_slow_while_their_faults_are_on(center: _Center) -> None:
    center.now = 100 * PERIOD
    center.session.request("PUT", "/faults/errors?service=crm")
    center.session.request("PUT", "/faults/slow?service=media")
    before = center.series()
    center.now += 20 * PERIOD
    after = center.series()

    def grown(family: str, service: str) -> float:
        return after[family, service] - before[family, service]

    duration = "aether_verticals_scrape_duration_seconds"
    assert grown("aether_verticals_scrape_errors_total", "crm") == 20
    assert grown("aether_verticals_scrape_errors_total", "media") == 0
    assert grown(f"{duration}_sum", "media") / grown(f"{duration}_count", "media") == pytest.approx(7.5)
    assert grown(f"{duration}_sum", "crm") / grown(f"{duration}_count", "crm") < 1


def test_a_command_center_that_is_down_answers_503_until_it_is_not(center: _Center) -> None:
    center.session.request("PUT", "/faults/down")
    assert center.session.request("GET", "/metrics").status_code == 503
    assert center.session.get("/-/ready").ok

    center.session.request("DELETE", "/faults")
    assert center.session.get("/metrics").ok


def test_the_switches_tell_what_is_on_and_what_there_is(center: _Center) -> None:
    center.session.request("PUT", "/faults/drop")
    told = center.session.request("PUT", "/faults/outage?service=crm").json()

    assert told == center.session.json("/faults")
    assert told["active"] == [{"kind": "drop", "service": None}, {"kind": "outage", "service": "crm"}]
    assert told["kinds"].keys() == {"outage", "stale", "errors", "slow", "silent", "drop", "down"}
    assert told["services"] == list(VERTICALS)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("path", "status", "line"),
    [
        (
            "flood",
            404,
            "there is no fault 'flood'; there are outage, stale, errors, slow, silent, drop, down",
        ),
        ("stale?service=x", 404, f"there is no service 'x'; there are {', '.join(VERTICALS)}"),
        ("drop?service=crm", 400, "'drop' concerns the whole platform; leave ?service= out"),
    ],
)
def test_an_unknown_switch_is_refused_with_the_known_ones(
    center: _Center, method: str, path: str, status: int, line: str
) -> None:
    answer = center.session.request(method, f"/faults/{path}")

    assert (answer.status_code, answer.text) == (status, f"{line}\n")
    assert center.session.json("/faults")["active"] == []
