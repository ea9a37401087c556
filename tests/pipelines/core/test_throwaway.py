"""A throw-away stack leaves nothing behind, also where the run that had it was killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.throwaway import _owned, sweep
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_killed_drill_has_left_is_removed_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    for name in ("dead", "alive", "bare"):
        (tmp_path / f"monitoring-drill-{name}" / "stack").mkdir(parents=True)
    with _owned(tmp_path / "monitoring-drill-dead"):
        pass
    (tmp_path / "another").mkdir()
    with _owned(tmp_path / "monitoring-drill-alive"):
        sweep(tmp_path, effects(tmp_path / "var"))

    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "var") == [
        "another",
        "monitoring-drill-alive",
        "monitoring-drill-bare",
    ]
