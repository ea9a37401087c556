"""A backup of what lies on volumes: by the door and the keeper; the engine may be another machine's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.lab import until

if TYPE_CHECKING:
    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

QUERY = "sum by (job) (sum_over_time(scrape_duration_seconds[5m]))"


def answers(lab: ComposeLab, at: float) -> list[tuple[str, str]]:
    """Give what Prometheus says of a moment, to the last digit."""
    answer = lab.ask("GET", "prometheus", "/api/v1/query", params={"query": QUERY, "time": f"{at:.3f}"})
    return sorted((one["metric"]["job"], one["value"][1]) for one in answer.json()["data"]["result"])


def test_a_stack_in_containers_that_was_lost_whole_is_there_again(compose: ComposeLab) -> None:
    compose.invoke("silence.create", "NodeDiskLow", "--duration", "1h", "--reason", "swapped").ok()
    at = time.time()
    assert until(lambda: time.time() > at + 4)
    said = compose.document("backup")
    before = answers(compose, at)
    assert before
    assert compose.inside("data-prometheus", "import os; print(os.listdir('/v/snapshots'))").strip() == "[]"
    compose.invoke("destroy", "--yes").ok()

    compose.invoke("restore").ok()

    assert answers(compose, at) == before
    assert [one["comment"] for one in compose.document("silence.list")] == ["swapped"]
    again = compose.document("restore", said["snapshot"][:8])
    assert {one["action"] for steps in again["steps"].values() for one in steps} == {"leave"}
    owners = compose.inside(
        "data-prometheus", "import glob, os; print({os.stat(p).st_uid for p in glob.glob('/v/*')})"
    )
    assert owners.strip() != "{0}"
