"""What a probe can look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipelines.core.probe import Probe, Sight
from pipelines.core.values import Plan, RenderedTree, ValidatedTree
from tests.pipelines.core.doubles import Noting, release

if TYPE_CHECKING:
    from pathlib import Path

    from stack.clients.http import Session

RELEASE = release(scrape_interval="7s")


def test_a_sight_knows_what_was_rendered_and_how_to_reach_it(tmp_path: Path) -> None:
    asked: list[str] = []

    class Doors(Noting):
        def door(self, stack: Any, service: str) -> Session:
            asked.append(f"{service} of {stack.environment.name}")
            return cast("Session", service)

    sight = Sight(RELEASE, Doors(tmp_path), since=1.0)
    assert sight.environment is RELEASE.stack.environment
    assert sight.rendered("prometheus/prometheus.yml")["global"]["scrape_interval"] == "7s"
    assert cast("str", sight.door("alertmanager")) == "alertmanager"
    assert sight.prometheus
    assert asked == ["alertmanager of local", "prometheus of local"]


def test_a_probe_asks_all_that_runs_and_not_after_every_deploy_unless_it_says_so() -> None:
    probe = Probe("is it there", lambda _: "yes")

    assert (probe.needs, probe.quick) == ((), False)


def test_a_plan_leads_to_the_release_that_was_validated() -> None:
    validated = ValidatedTree(RenderedTree(RELEASE.id, RELEASE.stack, RELEASE.tree), ())

    assert Plan(validated, None, (), ()).release == RELEASE
