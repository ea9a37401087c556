"""How a run ended is a metric: the text is what Prometheus reads, and never costs a run its own ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipelines.core.outcome import export
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "textfile/deploy.prom"


def samples(text: str) -> dict[str, tuple[dict[str, str], float]]:
    """Read a metrics page."""
    return {
        sample.name: (dict(sample.labels), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(("code", "success"), [(0, 1.0), (12, 0.0), (130, 0.0)])
def test_the_last_run_is_told(code: int, success: float, tmp_path: Path) -> None:
    doors = effects(tmp_path, task="deploy")
    (doors.folder / "textfile").mkdir(parents=True)
    doors.journal.note(release='odd"\\name')
    export(doors, code)
    found = samples((doors.folder / PAGE).read_text())

    assert found["monitoring_deploy_last_run_success"] == ({"task": "deploy"}, success)
    assert found["monitoring_deploy_release_info"] == ({"release": 'odd"\\name'}, 1.0)
    assert found["monitoring_deploy_last_run_timestamp_seconds"][1] >= doors.journal.began
    assert found["monitoring_deploy_last_run_duration_seconds"][1] >= 0
    assert len(found) == 4


def test_its_tests_are_counted(tmp_path: Path) -> None:
    doors = effects(tmp_path, task="deploy.smoke")
    (doors.folder / "textfile").mkdir(parents=True)
    doors.journal.note(findings=[["ready", False, "no answer", 0.1], ["rules", True, "all", 0.1]])
    export(doors, 12)
    families = text_string_to_metric_families((doors.folder / PAGE).read_text())
    [told] = [family.samples for family in families if family.name == "monitoring_deploy_last_run_tests"]

    common = {"task": "deploy", "kind": "probe"}
    assert [(sample.labels, sample.value) for sample in told] == [
        ({**common, "outcome": "passed"}, 1.0),
        ({**common, "outcome": "failed"}, 1.0),
    ]


def test_where_nothing_was_ever_deployed_nothing_is_made(tmp_path: Path) -> None:
    doors = effects(tmp_path)
    export(doors, 1)

    assert not doors.folder.exists()


def test_a_page_that_cannot_be_written_is_left_out(tmp_path: Path) -> None:
    doors = effects(tmp_path)
    (doors.folder / PAGE).mkdir(parents=True)
    export(doors, 0)

    assert (doors.folder / PAGE).is_dir()
