"""A page of a dashboard: every kind of panel, and the same bytes for the same answers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from stack.dashboards.asking import Answer, State, Survey
from stack.dashboards.filling import Filled
from stack.dashboards.panels import panels
from stack.dashboards.pictures.page import page_of
from stack.dashboards.questions import Question
from stack.dashboards.series import Series
from stack.dashboards.spans import Span
from tests.stack.dashboards.boards import NOW, board, panel

if TYPE_CHECKING:
    from pathlib import Path

    from stack.dashboards.reading import Dashboard

SPAN = Span(NOW - 3600, NOW)
POINTS = tuple((NOW - 600 + 15 * step, float(step % 7)) for step in range(40))
GAP = (*POINTS[:10], *POINTS[30:])
CPU = {
    "unit": "percent",
    "thresholds": {"steps": [{"value": None, "color": "green"}, {"value": 5, "color": "red"}]},
}
STACKED = {
    **CPU,
    "custom": {"stacking": {"mode": "normal"}, "fillOpacity": 20, "thresholdsStyle": {"mode": "line+area"}},
}


def survey(dashboard: Dashboard, *answers: Answer) -> Survey:
    return Survey(dashboard, answers, 0.01, SPAN)


def answered(dashboard: Dashboard, *names: str, points: Any = POINTS) -> list[Answer]:
    """Answer each panel's first query with a series for each name."""
    found = tuple(Series(name, {"job": name}, points) for name in names)
    return [
        Answer(
            Question(dashboard.stem, (place, 0), one, "A", Filled("up"), SPAN, step=15.0),
            State.DATA,
            series=found,
        )
        for place, one in enumerate(panels(dashboard.model))
        if one.targets
    ]


def inside(page: str, title: str) -> str:
    found = re.search(rf"<article((?!</article>).)*>{re.escape(title)}[ <].*?</article>", page, re.DOTALL)
    assert found, title
    return found[0]


@pytest.mark.parametrize(
    "kind", ["timeseries", "graph", "stat", "gauge", "state-timeline", "bargauge", "table"]
)
def test_each_kind_of_panel_is_drawn(tmp_path: Path, kind: str) -> None:
    options = {"legend": {"displayMode": "table", "calcs": ["max"]}, "reduceOptions": {"calcs": ["max"]}}
    made = board(
        tmp_path, "one", panel("Busy", "up", kind=kind, fieldConfig={"defaults": CPU}, options=options)
    )
    page = page_of(survey(made, *answered(made, "node", "web"))).html
    drawn = inside(page, "Busy")

    assert ("<svg" in drawn) is (kind not in {"gauge", "bargauge", "table"})
    assert ">node<" in drawn.replace("</i>", ">") or "node" in drawn
    assert "2 series, 80 samples" in drawn
    assert "≥ 5%" in drawn
    assert "<small>percent</small>" in drawn


def test_the_same_answers_give_the_same_bytes_and_no_moment_of_their_making(tmp_path: Path) -> None:
    made = board(
        tmp_path, "one", panel("A", "up", fieldConfig={"defaults": STACKED}), panel("B", "up", kind="stat")
    )
    first, second = (page_of(survey(made, *answered(made, "a", "b", points=GAP))) for _ in range(2))

    assert first == second
    assert "<dc:date>" not in first.html
    assert "Matplotlib" not in first.html


def test_a_page_needs_nothing_beside_itself(tmp_path: Path) -> None:
    made = board(tmp_path, "one", panel("A", "up"))
    page = page_of(survey(made, *answered(made, "a"))).html

    assert "<script" not in page
    assert "<link" not in page
    addresses = set(re.findall(r'(?:src|href)="(?!#)([^"]+)"', page))
    assert {one for one in addresses if not one.startswith("#")} == set()


def test_a_pictures_size_is_that_of_its_panel_in_pixels(tmp_path: Path) -> None:
    made = board(tmp_path, "one", panel("A", "up", gridPos={"x": 0, "y": 0, "w": 24, "h": 8}))
    page = page_of(survey(made, *answered(made, "a")))
    (drawn,) = re.findall(r"<svg.*?</svg>", page.html, re.DOTALL)
    root = ET.fromstring(drawn)

    assert float(root.attrib["width"]) == 1334 - 18
    assert 150 < float(root.attrib["height"]) < 8 * 38 - 8
    assert page.height == 80 + 8 * 38 + 30


def test_whatever_strangers_write_is_only_text(tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>'
    made = board(
        tmp_path,
        "one",
        panel(f"T{evil}", "up", description=evil, fieldConfig={"defaults": {"unit": f"suffix:{evil}"}}),
        panel("Table", "up", kind="table"),
        panel("Text", kind="text", options={"content": evil}),
        title=evil,
        description=evil,
    )
    page = page_of(survey(made, *answered(made, evil))).html

    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_what_shows_nothing_says_why(tmp_path: Path) -> None:
    made = board(
        tmp_path,
        "one",
        panel("None", "a"),
        panel("Some", "up", "b"),
        panel("Later", "c"),
        panel("Odd", "d", kind="news"),
    )
    answers = answered(made, "x")
    empty = replace(answers[0], series=(), state=State.EMPTY, said="no series")
    broken = replace(answers[1], state=State.ERROR, said="parse error", series=())
    broken = replace(broken, question=replace(broken.question, place=(1, 1), letter="B"))
    later = replace(answers[2], series=(), state=State.EMPTY, said="no series", until="a fault")
    page = page_of(survey(made, empty, answers[1], broken, later, answers[3])).html

    assert 'class="empty"' in inside(page, "None")
    assert "A: empty, no series" in inside(page, "None")
    assert 'class="error"' in inside(page, "Some")
    assert "B: error, parse error" in inside(page, "Some")
    assert 'class=""' in inside(page, "Later")
    assert "A: empty, until a fault" in inside(page, "Later")
    assert "news: 1 series" in inside(page, "Odd")


def test_a_long_legend_says_how_many_more_there_are(tmp_path: Path) -> None:
    options = {"legend": {"displayMode": "table"}}
    made = board(tmp_path, "one", panel("A", "up", options=options), panel("B", "up", kind="bargauge"))
    page = page_of(survey(made, *answered(made, *(f"s{n}" for n in range(30))))).html

    assert re.search(r"and \d+ more", inside(page, "A"))
    assert re.search(r"and \d+ more", inside(page, "B"))


def test_the_columns_of_a_table_are_those_that_its_transformations_leave(tmp_path: Path) -> None:
    organised = {
        "excludeByName": {"env": True},
        "renameByName": {"job": "Job"},
        "indexByName": {"Value": 0, "job": 1},
    }
    made = board(
        tmp_path,
        "one",
        panel("Whole", "up", kind="table"),
        panel("Some", "up", kind="table", transformations=[{"id": "organize", "options": organised}]),
        panel(
            "One",
            "up",
            kind="table",
            transformations=[{"id": "filterFieldsByName", "options": {"include": {"names": ["job", "no"]}}}],
        ),
    )
    answers = answered(made, "x")
    labels = {"__name__": "up", "env": "dev", "job": "node"}
    page = page_of(survey(made, *(replace(a, series=(Series("x", labels, POINTS),)) for a in answers))).html

    assert re.findall("<th>(.*?)</th>", inside(page, "Whole")) == ["env", "job", "Value"]
    assert re.findall("<th>(.*?)</th>", inside(page, "Some")) == ["Value", "Job"]
    assert re.findall("<t[hd]>(.*?)</t[hd]>", inside(page, "One")) == ["job", "node"]


@pytest.mark.parametrize(
    "points", [POINTS[:1], ((NOW, float("inf")),), ((NOW, 1e300), (NOW, -1e300)), ((NOW - 1e9, 0.0),)]
)
def test_odd_numbers_are_drawn_all_the_same(tmp_path: Path, points: Any) -> None:
    kinds = ("timeseries", "stat", "state-timeline", "bargauge", "table")
    made = board(tmp_path, "one", *(panel(kind, "up", kind=kind) for kind in kinds))

    assert page_of(survey(made, *answered(made, "a", points=points))).html.count("<article") == len(kinds)
