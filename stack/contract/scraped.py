"""What a scrape job exposes, told from what Prometheus has scraped: for pages that only it can reach."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stack.contract.exposition import OWN, Page, family_of
from stack.contract.family import TYPES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

__all__ = ["scraped_page"]

KNOWN = frozenset(TYPES) - {"unknown"}

HIDDEN = "exported_"
"""Stands before a label of the metric's own that a target label has hidden."""


def scraped_page(
    targets: Sequence[Mapping[str, str]],
    types: Mapping[str, str],
    series: Sequence[Mapping[str, str]],
    made: Container[str],
) -> Page:
    """Give the page of the target that has the most series.

    Args:
        targets: the labels of each target.
        types: the type of each family, as targets tell it.
        series: the labels of each series.
        made: names that Prometheus makes by itself or records.
    """
    scraped = [one for one in series if one["__name__"] not in made]
    largest = Counter(one.get("instance", "") for one in scraped).most_common(1)
    instance = largest[0][0] if largest else ""
    mine = [one for one in scraped if one.get("instance", "") == instance]
    target = next((labels for labels in targets if labels.get("instance") == instance), {})
    page = Page(types=_stored(types, mine), series=len(mine))
    for one in mine:
        name = family_of(one["__name__"], page.types)
        values = page.labels.setdefault(name, {})
        for label, value in _own(one, target):
            if label != OWN.get(page.types.get(name, "")):
                values.setdefault(label, set()).add(value)
    return page


def _own(series: Mapping[str, str], target: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a series' own labels under the names that the metric gives them."""
    for label, value in series.items():
        bare = label.removeprefix(HIDDEN)
        if label != "__name__" and target.get(label) != value:
            yield (bare if bare in target else label), value


def _stored(types: Mapping[str, str], series: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Give types under the names that are stored: OpenMetrics takes `_total` from a counter's family."""
    names = {one["__name__"] for one in series}
    known = {name: kind if kind in KNOWN else "untyped" for name, kind in types.items()}
    counters = [name for name, kind in known.items() if kind == "counter" and f"{name}_total" in names]
    return {**known, **{f"{name}_total": "counter" for name in counters}}
