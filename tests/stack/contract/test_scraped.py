"""What Prometheus has scraped of a job is told as the job's own page would tell it."""

from __future__ import annotations

from typing import Any

from stack.contract.family import Family
from stack.contract.scraped import scraped_page

TARGET = {"job": "shop", "instance": "a:80", "env": "prod"}
OTHER = {"job": "shop", "instance": "b:80", "env": "prod"}


def series(name: str, target: dict[str, str] = TARGET, **labels: str) -> dict[str, str]:
    return {"__name__": name, **target, **labels}


def page(*found: dict[str, str]) -> Any:
    types = {"sold": "counter", "spent_total": "counter", "seconds": "histogram", "odd": "unknown"}
    return scraped_page([TARGET, OTHER], types, found, {"up", "shop:sold:rate5m"})


def test_the_largest_target_is_taken_without_what_is_the_target_s_or_prometheus_own() -> None:
    found = page(
        series("up"),
        series("shop:sold:rate5m"),
        series("up", OTHER),
        series("up", OTHER),
        series("sold_total", item="tea"),
        series("spent_total", kind="x"),
        series("seconds_bucket", le="1", mode="fast"),
        series("seconds_bucket", le="+Inf", mode="fast"),
        series("seconds_count", mode="fast"),
        series("odd"),
        series("untold", OTHER, far="away"),
    )

    assert found.series == 6
    assert found.families(["mode"]) == {
        "sold_total": Family("counter", {"item": ()}),
        "spent_total": Family("counter", {"kind": ()}),
        "seconds": Family("histogram", {"mode": ("fast",)}),
        "odd": Family("untyped"),
    }


def test_a_label_that_the_target_has_hidden_or_that_wins_over_it_is_the_metric_s() -> None:
    found = page(
        series("hidden", exported_env="dev"), series("wins", env="dev"), series("own", exported_x="1")
    )

    assert found.families([]) == {
        "hidden": Family("untyped", {"env": ()}),
        "own": Family("untyped", {"exported_x": ()}),
        "wins": Family("untyped", {"env": ()}),
    }


def test_of_nothing_there_is_no_page() -> None:
    assert page().series == 0
    assert page(series("up")).labels == {}
