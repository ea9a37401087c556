"""Series and how a legend names them."""

from __future__ import annotations

import pytest

from stack.dashboards.series import series_of

LABELS = {"__name__": "up", "env": "dev", "job": "node"}


@pytest.mark.parametrize(
    ("legend", "name"),
    [
        ("{{env}} {{ job }}", "dev node"),
        ("{{env}} {{nothing}}", "dev"),
        ("always", "always"),
        ("", 'up{env="dev", job="node"}'),
    ],
)
def test_a_legend_names_series_by_their_labels(legend: str, name: str) -> None:
    (found,) = series_of([{"metric": LABELS, "values": [[1, "2"], [2, "NaN"], [3, "+Inf"]]}], legend)

    assert (found.name, found.points) == (name, ((1.0, 2.0), (3.0, float("inf"))))


def test_a_series_without_labels_has_no_name() -> None:
    assert series_of([{"metric": {}, "value": [1, "2"]}], "")[0].name == ""
