"""The panels of a stack that really runs: all show data, or say what fills them; and pictures of them."""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from stack.clients.chromium import ABSENT, chromium
from stack.clients.http import Session
from stack.clients.prometheus import Prometheus
from stack.dashboards.asking import surveys
from stack.dashboards.questions import Viewer
from stack.dashboards.reading import Dashboard
from tests import lab as labs
from tests.lab import EVERY, PLAIN, ROOT, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab, Said

pytestmark = pytest.mark.integration

BROWSER = pytest.mark.skipif(chromium() is None, reason=ABSENT)
NOWHERE = "/nowhere"
"""A path without a browser: its pictures cost more than the pages."""
FIRING = ("overview", "Firing alerts")
OTHERS = [stem for stem in EVERY if stem != "overview"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Said]]:
    """Give a lab with every dashboard, which tests may only look at, and what its deploy said."""
    with labs.lab(tmp_path_factory.mktemp("panels")) as made:
        made.environment(disable={"services": ["grafana"]})
        yield made, made.invoke("deploy").ok()


@pytest.fixture
def showing(shared: tuple[Lab, Said]) -> Lab:
    return shared[0]


def asked(lab: Lab, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lab.invoke("dashboards.check", "--json", *words).out)
    return found


def queries(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in found["dashboards"]:
        yield from ((one["dashboard"], query) for query in one["queries"])


def states(lab: Lab, dashboard: str, panel: str) -> set[tuple[str, bool]]:
    """Say how a panel's queries are: their states, and whether an event is waited for."""
    found = queries(asked(lab, dashboard))
    return {(query["state"], bool(query["until"])) for _, query in found if query["panel"] == panel}


def shown(site: Path, *panels: dict[str, Any], name: str = "mine", **more: Any) -> Path:
    """Write a dashboard of a site's."""
    path = site / "dashboards" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    document = {"uid": name, "title": name, "schemaVersion": 41, "panels": list(panels), **more}
    path.write_text(json.dumps(document))
    return path


def panel(title: str, *expressions: str, **more: Any) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "prometheus"}
    targets = [{"refId": letter, "expr": e} for letter, e in zip("ABC", expressions, strict=False)]
    body = {"title": title, "description": "x", "datasource": source, "targets": targets}
    return {"type": "timeseries", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, **body, **more}


def test_every_panel_of_local_shows_data_and_the_deploy_says_so(shared: tuple[Lab, Said]) -> None:
    lab, said = shared
    (line,) = (line for line in said.out.splitlines() if line.strip().startswith("✓ panels"))
    assert re.search(r"\d+ of \d+ queries of \d+ panels in \d+ dashboards show data, p95 \d+ ms", line)

    found = asked(lab)
    assert found["failing"] == 0
    assert {name for name, _ in queries(found)} >= {"overview", "node", "prometheus", "command_center"}
    assert all(query["state"] == "data" or query["until"] for _, query in queries(found))
    assert lab.invoke("dashboards.check").ok().last.endswith("every panel that can show data does")


def test_a_fault_fills_the_panel_that_waits_for_it(lab: Lab) -> None:
    rules = re.sub(r"for: \d+m\n", "for: 1s\n", (ROOT / "rules" / "command-center.yml").read_text())
    (lab.site / "rules" / "command-center.yml").write_text(rules)
    lab.environment(disable={**PLAIN, "dashboards": OTHERS, "rules": ["command-center"]})
    lab.invoke("deploy").ok()
    assert states(lab, *FIRING) == {("empty", True)}

    url = f"http://127.0.0.1:{lab.ports['command_center']}/faults/outage"
    requests.put(url, timeout=5).raise_for_status()
    assert until(lambda: states(lab, *FIRING) == {("data", False)}, 40)


def test_a_broken_query_of_a_site_is_told_and_fails_where_the_site_asks_for_that(lab: Lab) -> None:
    lab.environment(disable={**PLAIN, "dashboards": OTHERS})  # it is waited until one of ours shows data
    shown(lab.site, panel("Fine", "up"), panel("Broken", "up)", "no_such_metric", "up{a='$who'}"))
    out = lab.invoke("deploy").ok().out
    assert re.search(r'of a site: dashboards/mine.json: panel "Broken", query A is error: .*parse error', out)

    said = lab.invoke("dashboards.check", "mine")
    assert said.code == 1
    told = [re.split(r"\s{2,}", line)[2:4] for line in said.out.splitlines() if line.startswith("mine  ")]
    assert told[:3] == [["A", "error"], ["B", "empty"], ["C", "empty"]]
    assert "there is no variable $who" in said.out
    assert lab.invoke("dashboards.check").code == 1


def test_a_query_that_takes_too_long_is_one_clear_line(showing: Lab, tmp_path: Path) -> None:
    heavy = "count_over_time(count by (__name__) ({__name__=~'.+'})[1h:1s])"
    made = Dashboard("mine", shown(tmp_path, panel("Heavy", heavy, heavy), panel("Light", "1")))
    server = Prometheus(Session(f"http://127.0.0.1:{showing.ports['prometheus']}"))
    (survey,) = surveys([made], Viewer(server, time.time(), 1.0, limit=0.001))

    assert [one.said for one in survey.answers[:2]] == ["no answer within 0.001 s"] * 2


def drawn(lab: Lab, *words: str, path: str = "") -> tuple[Said, dict[str, str]]:
    out = lab.folder / "pictures"
    said = lab.invoke("dashboards.preview", *words, "--out", str(out), PATH=path or os.environ["PATH"]).ok()
    return said, {path.stem: path.read_text() for path in sorted(out.glob("*.html"))}


def form(page: str) -> list[str]:
    """Give what a page is made of: its elements and classes, without what was measured."""
    return re.findall(r'<(?:article|h1|h2|h3|section|table class="legend"|svg)', page)


def test_a_page_has_every_panel_and_the_same_form_each_time(showing: Lab) -> None:
    assert until(lambda: asked(showing)["failing"] == 0)
    _, pages = drawn(showing, path=NOWHERE)
    found = asked(showing)
    assert set(pages) == {one["dashboard"] for one in found["dashboards"]}
    for name, query in queries(found):
        assert f">{query['panel'].replace('&', '&amp;')}" in pages[name], (name, query["panel"])

    def again() -> list[str]:
        return form(drawn(showing, "prometheus", path=NOWHERE)[1]["prometheus"])

    # A young stack may have its first two points of something between two pages.
    assert until(lambda: again() == again())
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"|127\.0\.0\.1|http://127', "", pages["node"])


@BROWSER
def test_a_browser_draws_the_whole_page(showing: Lab) -> None:
    said, _ = drawn(showing, "overview", "--since", "5m")
    picture = showing.folder / "pictures" / "overview.png"

    assert ABSENT not in said.out
    assert picture.read_bytes().startswith(b"\x89PNG")
    width, height = (int.from_bytes(picture.read_bytes()[at : at + 4], "big") for at in (16, 20))
    assert (width, height > 1500) == (1366, True)
    assert picture.stat().st_size > 40_000, "a blank page is smaller"


def test_without_a_browser_one_line_says_so(showing: Lab, tmp_path: Path) -> None:
    said = showing.invoke("dashboards.preview", "overview", "--out", str(tmp_path / "out"), PATH=NOWHERE)

    assert said.code == 0
    assert said.out.count(ABSENT) == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["overview.html"]
