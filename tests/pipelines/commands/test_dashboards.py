"""The verbs that look at dashboards, beside a Prometheus that answers in the shapes of the real one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.dashboards import _live, check, preview
from stack.clients import chromium
from stack.dashboards.asking import Survey
from stack.errors import Refused
from tests.doubles.prometheus import PrometheusDouble
from tests.pipelines.core.doubles import Noting, effects, release
from tests.stack.dashboards.boards import board, panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from stack.dashboards.reading import Dashboard

GOOD = panel("Up", "up", "up")
BAD = panel("Broken", "up)", "never", "up")


@pytest.fixture
def double(httpserver: HTTPServer) -> PrometheusDouble:
    return PrometheusDouble(values={"up": 1.0}, refused={"up)": "parse error"}).serve(httpserver)


@pytest.fixture
def ran(
    httpserver: HTTPServer,
    double: PrometheusDouble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str]]:
    """Run a verb on some dashboards, and give its exit code and what it printed."""

    def run(verb: Any, *dashboards: Dashboard, json: bool = False, **options: Any) -> tuple[int, str]:
        made = release("local")
        stack = replace(made.stack, dashboards={one.stem: one for one in dashboards})
        monkeypatch.setattr(_live, "recall_live", lambda _: replace(made, stack=stack))
        base = httpserver.url_for("").rstrip("/")
        runtime = Noting(tmp_path / "local", doors={"prometheus": base})
        code = verb.run(effects(tmp_path, runtime.deployed(made), json=json, **options))
        return code, capsys.readouterr().out

    return run


def rows(text: str, first: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.startswith(first)]


def test_where_all_is_well_there_is_a_line_for_each_dashboard(ran: Any, tmp_path: Path) -> None:
    code, out = ran(check, board(tmp_path, "one", GOOD), board(tmp_path, "two", GOOD, GOOD))

    assert code == 0
    assert [row[:8] for row in rows(out, "one")] == [["one", "1", "2", "2", "0", "0", "0", "0"]]
    assert [row[:8] for row in rows(out, "two")] == [["two", "2", "4", "4", "0", "0", "0", "0"]]
    assert "Up" not in out
    assert out.strip().endswith("every panel that can show data does")


def test_what_shows_nothing_is_a_row_with_the_reason_and_fails(ran: Any, tmp_path: Path) -> None:
    code, out = ran(check, board(tmp_path, "one", GOOD, BAD))

    assert code == 1
    assert [[*row[:6], *row[7:]] for row in rows(out, "one")[:2]] == [
        ["one", "Broken", "A", "error", "0", "0", "parse", "error"],
        ["one", "Broken", "B", "empty", "0", "0", "no", "series"],
    ]
    assert "5 queries of 1 dashboards" in out
    assert out.strip().endswith("2 of them show nothing")


def test_all_rows_can_be_shown(ran: Any, tmp_path: Path) -> None:
    made = board(tmp_path, "one", GOOD, panel("Faults", "never"))
    made.__dict__["_read"] = (made.model, "", {"Faults": "a fault"})
    code, out = ran(check, made, long=True)

    assert code == 0
    assert [row[3:6] for row in rows(out, "one")[:3]] == [["data", "1", "2"]] * 2 + [["exempt", "0", "0"]]
    assert "until a fault" in out


def test_one_dashboard_can_be_named(ran: Any, tmp_path: Path, double: PrometheusDouble) -> None:
    both = board(tmp_path, "one", GOOD), board(tmp_path, "two", BAD)
    assert ran(check, *both, name="one")[0] == 0
    assert (double.asked.count("up"), "never" in double.asked) == (2, False)

    with pytest.raises(Refused, match="there is no dashboard 'tow' here") as caught:
        ran(check, *both, name="tow")
    assert caught.value.advice == "did you mean 'two'?"


def test_one_that_cannot_be_read_and_one_that_asks_nothing_are_told(ran: Any, tmp_path: Path) -> None:
    broken = board(tmp_path, "broken")
    broken.path.write_text("\ufeff{}")
    code, out = ran(check, broken, board(tmp_path, "silent", panel("Text", kind="text")))

    assert code == 1
    assert "✗ dashboards/broken.json is no JSON: it begins with a byte order mark" in out
    assert "! dashboards/silent.json asks nothing" in out
    assert out.strip().endswith("0 of them show nothing; 1 dashboards cannot be read")


def test_a_dashboard_that_lets_a_viewer_wait_is_told(
    ran: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Survey, "seconds", 2.5)
    code, out = ran(check, board(tmp_path, "one", GOOD))

    assert code == 0
    assert "! dashboards/one.json takes 2.5 s in all, more than 2 s" in out
    monkeypatch.setattr(Survey, "seconds", 1.9)
    assert "takes" not in ran(check, board(tmp_path, "one", GOOD))[1]


def test_the_result_is_one_document(ran: Any, tmp_path: Path) -> None:
    code, out = ran(check, board(tmp_path, "one", BAD, panel("Logs", targets=[{"refId": "A"}])), json=True)
    found = json.loads(out)
    (one,) = found["dashboards"]

    assert (code, found["failing"], one["data"], one["empty"], one["error"], one["elsewhere"]) == (
        1, 2, 1, 1, 1, 1,
    )  # fmt: skip
    assert one["queries"][0]["state"] == "error"
    assert one["queries"][0]["said"] == "parse error"
    assert one["queries"][2]["samples"] == 2


def test_a_page_is_written_for_each_dashboard_and_without_a_browser_that_is_told(
    ran: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    code, out = ran(preview, board(tmp_path, "one", GOOD, BAD), out=str(tmp_path / "out"))
    page = (tmp_path / "out" / "one.html").read_text()

    assert code == 0
    assert chromium.ABSENT in out
    assert "B: empty, no series" in page
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.html"]


def test_a_browser_takes_the_picture_of_a_whole_page(
    ran: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chromium"
    program.write_text(
        '#!/bin/sh\nfor word; do case $word in --screenshot=*) echo "$@" > "${word#*=}";; esac; done\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(program))
    code, _ = ran(preview, board(tmp_path, "one", GOOD), since="10m", json=True)
    told = (tmp_path / "local" / "preview" / "one.png").read_text()

    assert code == 0
    assert "--window-size=1366,414 " in told
    assert told.strip().endswith("/local/preview/one.html")


def test_what_is_no_length_of_time_is_refused(ran: Any, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="--since: 'soon' is no duration"):
        ran(preview, board(tmp_path, "one", GOOD), since="soon")
