"""Contracts captured from real servers, and a forecast held against what a real Prometheus then has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from stack.contract.reading import read_contract
from tests import lab as labs
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration

WHOLE = {"alertmanager", "blackbox", "blackbox-http", "command_center", "node", "prometheus", "pushgateway"}
OURS = {"resources", "sink"}


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Give a deployed lab, every target of which was scraped; tests may only look at it."""
    with labs.lab(tmp_path_factory.mktemp("scraped")) as lab:
        lab.invoke("deploy").ok()
        assert settled(lab)
        yield lab


def settled(lab: Lab) -> bool:
    """Wait until every target was scraped."""
    return bool(until(lambda: not lab.query("up == 0") and len(lab.query("up")) >= 16))


def captured(lab: Lab, out: Path, *words: str) -> Any:
    """Capture into a folder, and give what was told."""
    return json.loads(lab.invoke("rules.metrics", "--json", "--out", str(out), *words).ok().out)


def stored(lab: Lab, job: str) -> set[str]:
    """Name what Prometheus has scraped of a job."""
    answer = requests.get(
        f"http://127.0.0.1:{lab.ports['prometheus']}/api/v1/label/__name__/values",
        params={"match[]": f'{{job="{job}"}}'},
        timeout=5,
    ).json()
    made = ("ALERTS", "scrape_", "up")  # by Prometheus itself, or by a rule
    return {name for name in answer["data"] if not name.startswith(made) and ":" not in name}


def test_what_prometheus_has_scraped_is_what_captured_contracts_declare(scraped: Lab, tmp_path: Path) -> None:
    told = captured(scraped, tmp_path)
    assert set(told) == WHOLE | OURS
    assert all(not found["facts"] for name, found in told.items() if name in OURS), "as it was committed"
    assert captured(scraped, tmp_path) == {
        name: {"changed": {}, "facts": [], "gone": [], "new": [], "stale": {}} for name in told
    }

    for name in told:
        contract, problems = read_contract(tmp_path / f"{name}.yaml")
        job = "aetherlink-command-center" if name == "command_center" else name
        declared = {series.name for series in contract.every()}
        assert problems == ()
        assert stored(scraped, job) - declared == set(), name


def test_a_job_is_captured_from_prometheus_as_it_is_from_its_page(scraped: Lab, tmp_path: Path) -> None:
    captured(scraped, tmp_path)
    pages = {name: read_contract(tmp_path / f"{name}.yaml")[0] for name in ("node", "sink")}
    for name, page in pages.items():
        captured(scraped, tmp_path, "--job", name)
        assert set(read_contract(tmp_path / f"{name}.yaml")[0].families) == set(page.families)

    said = scraped.invoke("rules.metrics", "--job", "nodes")
    assert (said.code, said.last) == (
        1,
        "there is no scrape job 'nodes' in what is live; did you mean 'node'?",
    )


def test_the_forecast_is_near_what_the_server_then_has(deployed: Lab) -> None:
    # A young server: an older one keeps for a while what has gone since, as the interfaces of containers.
    assert settled(deployed)
    forecast = json.loads(deployed.invoke("check", "--json").ok().out)["forecast"]
    live = float(deployed.query("prometheus_tsdb_head_series")[0]["value"][1])

    assert abs(forecast["series"] - live) < 0.15 * live
    assert not any(job["assumption"] for job in forecast["jobs"].values())


def test_a_target_beyond_its_limit_is_told_before_the_deploy_or_the_deploy_is_undone(deployed: Lab) -> None:
    said = deployed.invoke("check", "--set", "cardinality.jobs.node=100")
    assert said.code == 4
    assert "above its sample_limit of 100 (it would count as down: raise it" in said.out + said.err

    site = deployed.site / "stack" / "metrics"
    site.mkdir(parents=True)
    (site / "pushgateway.yaml").write_text("series: 1\n")  # a contract that is not true
    deployed.environment(cardinality={"jobs": {"pushgateway": 40}})
    good = deployed.live()
    said = deployed.invoke("deploy", "--set", "smoke_deadline=8s")
    assert (said.code, deployed.live()) == (12, good), said.out
    assert "pushgateway" in said.last
    assert "limit exceeded" in said.out, "nothing told it before"
