"""Metrics pages are read as Prometheus would store them: a made-up one, and whatever a library writes."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, generate_latest

from stack.contract.exposition import read_page
from stack.contract.family import Family
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = """\
# HELP a_total Things. # TYPE is a word here.
# TYPE a_total counter
a_total{code="200",path="/a\\"b}\\\\c\\nd"} 3 1700000000000
a_total{path="/",code="500",} +Inf

# TYPE h_seconds histogram
h_seconds_bucket{mode="x",le="0.5"} 1
h_seconds_bucket{mode="x",le="+Inf"} 2
h_seconds_sum{mode="x"} 0.7
h_seconds_count{mode="x"} 2
# TYPE s_seconds summary
s_seconds{quantile="0.5"} NaN
s_seconds_sum 0
s_seconds_count 0
# TYPE empty gauge
# TYPE odd stateset
odd{odd="a"} 1
plain_count 4
# EOF
"""


def test_a_page_gives_its_families_as_they_are_stored() -> None:
    page = read_page(PAGE, "a page")

    assert page.series == 11
    assert page.labels["a_total"]["path"] == {'/a"b}\\c\nd', "/"}
    assert page.families(closed=("code", "mode")) == {
        "a_total": Family("counter", {"code": ("200", "500"), "path": ()}),
        "h_seconds": Family("histogram", {"mode": ("x",)}),
        "s_seconds": Family("summary"),
        "odd": Family("untyped", {"odd": ()}),
        "plain_count": Family("untyped"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "shop/metrics holds no metrics"),
        ("# TYPE a gauge\n", "shop/metrics holds no metrics"),
        ("a 1\n<html>\n", "shop/metrics, line 2 is no sample of Prometheus' text format: '<html>'"),
        ('a{b="c} 1\n', "shop/metrics, line 1 is no sample"),
    ],
)
def test_what_is_no_metrics_page_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(Refused, match=re.escape(said)):
        read_page(text, "shop/metrics")


names = st.text(string.ascii_lowercase, min_size=1, max_size=6).map(lambda found: f"x_{found}_y")
labels = st.dictionaries(
    st.text(string.ascii_lowercase, min_size=1, max_size=4).filter(lambda found: found != "le"),
    st.text(max_size=8),
    max_size=3,
)
kinds = st.sampled_from([Counter, Gauge, Histogram, Summary])


@settings(max_examples=150, deadline=None)
@given(made=st.dictionaries(names, st.tuples(kinds, labels), min_size=1, max_size=5))
def test_it_reads_what_the_library_writes(
    made: dict[str, tuple[Callable[..., object], dict[str, str]]],
) -> None:
    registry = CollectorRegistry()
    for name, (kind, given_labels) in made.items():
        metric = kind(name, "a\nb", tuple(given_labels), registry=registry)
        if given_labels:
            metric.labels(*given_labels.values())  # type: ignore[attr-defined] # each kind has it
    text = generate_latest(registry).decode()
    page = read_page(text, "the library's")

    assert page.series == sum(1 for line in text.split("\n") if line and not line.startswith("#"))
    for name, (kind, given_labels) in made.items():
        stored = f"{name}_total" if kind is Counter else name
        assert page.types[stored] == kind.__name__.lower()
        assert page.labels[stored] == {label: {value} for label, value in given_labels.items()}
