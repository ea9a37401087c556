"""Where panels stand."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.pictures.grid import sections


def at(title: str, *cells: int, kind: str = "stat", **more: Any) -> dict[str, Any]:
    return {"title": title, "type": kind, "gridPos": dict(zip("xywh", cells, strict=True)), **more}


def places(*panels: dict[str, Any]) -> list[tuple[str, list[tuple[str, int, int, int, int]]]]:
    return [
        (one.title, [(p.panel.title, p.x, p.y, p.columns, p.rows) for p in one.places])
        for one in sections({"panels": list(panels)})
    ]


def test_panels_stand_under_the_heading_of_their_row() -> None:
    inner = [at("c", 0, 90, 24, 8), at("d", 0, 120, 12, 8)]

    assert places(
        at("a", 0, 0, 12, 8),
        at("Row", 0, 8, 24, 1, kind="row"),
        at("b", 12, 9, 12, 8),
        at("Folded", 0, 17, 24, 1, kind="row", panels=inner),
    ) == [
        ("", [("a", 0, 0, 12, 8)]),
        ("Row", [("b", 12, 0, 12, 8)]),
        ("Folded", [("c", 0, 0, 24, 8), ("d", 0, 8, 12, 8)]),
    ]


def test_panels_without_a_place_stand_below_the_others() -> None:
    assert places({"title": "x"}, {"title": "y"}, at("a", 0, 0, 24, 4)) == [
        ("", [("a", 0, 0, 24, 4), ("x", 0, 4, 12, 8), ("y", 0, 12, 12, 8)])
    ]


def test_what_lies_beyond_the_grid_is_moved_into_it() -> None:
    assert places(at("a", 20, 3, 99, 0), at("b", -5, -5, 0, 2)) == [
        ("", [("b", 0, 0, 1, 2), ("a", 0, 2, 24, 1)])
    ]


CELLS = st.integers(-5, 40)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=8))
def test_no_two_panels_stand_in_one_cell(cells: list[tuple[int, int, int, int]]) -> None:
    found = sections({"panels": [at(str(n), *one) for n, one in enumerate(cells)]})
    taken = [
        (x, y)
        for p in (place for section in found for place in section.places)
        for x in range(p.x, p.x + p.columns)
        for y in range(p.y, p.y + p.rows)
    ]

    assert len(taken) == len(set(taken))
    assert all(0 <= x < 24 and y >= 0 for x, y in taken)
