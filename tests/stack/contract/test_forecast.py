"""A forecast adds up what is declared, and says what it assumes."""

from __future__ import annotations

from typing import Any

from stack.contract.family import SYNTHETIC, Contract
from stack.contract.forecast import forecast

CONTRACTS = {"node": Contract("node", series=500), SYNTHETIC: Contract(SYNTHETIC, series=5)}


def job(name: str, *targets: str, **more: Any) -> dict[str, Any]:
    return {"job_name": name, "static_configs": [{"targets": list(targets)}], **more}


def test_it_is_targets_times_series_and_one_for_each_recording() -> None:
    jobs = [job("node", "a", "b"), job("mine", "c"), job("found", http_sd_configs=[{"url": "http://a"}])]
    made = forecast(jobs, CONTRACTS, {"node": "node"}, recorded=7, assumed=100, budget=3000)

    assert [(share.job, share.targets, share.series) for share in made.shares] == [
        ("node", 2, 505),
        ("mine", 1, 105),
        ("found", 10, 105),
    ]
    assert made.total == 1010 + 105 + 1050 + 7
    assert [share.job for share in made.assumed] == ["mine", "found"]
    assert made.line() == (
        "about 2172 series of 13 targets, of 3000 in the budget; assumed: mine: 100 series a target; "
        "found: 10 targets found while it runs, 100 series a target"
    )
    assert made.serialise()["jobs"]["node"] == {
        "targets": 2,
        "series_of_a_target": 505,
        "series": 1010,
        "assumption": "",
    }


def test_of_nothing_there_is_nothing_and_nothing_is_assumed() -> None:
    made = forecast([], {}, {}, recorded=0, assumed=100, budget=10)
    assert (made.total, made.line()) == (0, "about 0 series of 0 targets, of 10 in the budget")
