"""`dashboards.shot` takes a picture of each dashboard, as tall as it is, and tells nobody the login."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.dashboards import shot
from pipelines.grafana.shooting import Camera, height
from stack.clients.chromium import Chromium, chromium
from stack.clients.grafana.door import opened
from stack.clients.http import Session
from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from tests.pipelines.grafana.house import House


PROGRAM = """#!/bin/sh
echo "$@" > "$(dirname "$0")/said"
for word in "$@"; do case $word in --screenshot=*) touch "${word#*=}";; esac; done
"""


def test_the_height_is_that_of_the_grid() -> None:
    assert height({}) == 140
    assert (
        height({"panels": [{"gridPos": {"y": 10, "h": 8}}, {"gridPos": {"y": 2, "h": 4}}, {}]})
        == 140 + 38 * 18
    )


def test_a_picture_of_each_dashboard_that_is_shown_or_of_one(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    noted: list[tuple[str, str]] = []

    def shoot(_: Camera, model: Any, picture: Path) -> None:
        noted.append((model["uid"], picture.name))

    monkeypatch.setattr(Camera, "shoot", shoot)
    monkeypatch.setattr("stack.clients.chromium.chromium", lambda: Chromium(tmp_path))
    assert shot.run(house.effects()) == 0
    assert noted == [("built", "built.png"), ("node", "node.png")]
    capsys.readouterr()
    assert shot.run(house.effects(name="Node", out=str(tmp_path / "out"), json=True)) == 0
    assert json.loads(capsys.readouterr().out) == {"node": str(tmp_path / "out" / "node.png")}
    with pytest.raises(Refused, match="there is no dashboard 'nodes'"):
        shot.run(house.effects(name="nodes"))
    monkeypatch.setattr("stack.clients.chromium.chromium", lambda: None)
    with pytest.raises(Refused, match="there is no browser on PATH"):
        shot.run(house.effects())


def test_no_login_and_no_pass_is_in_an_argument_list(tmp_path: Path, httpserver: HTTPServer) -> None:
    program = tmp_path / "chromium"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    with opened(Session(httpserver.url_for("").rstrip("/"), auth=("admin", "made up"))) as door:
        Camera(Chromium(program), door).shoot({"uid": "node"}, tmp_path / "node.png")
        said = (tmp_path / "said").read_text()
    assert "made up" not in said
    assert door.pass_ not in said


@pytest.mark.skipif(chromium() is None, reason="there is no browser on PATH")
def test_a_real_browser_comes_through_the_door(tmp_path: Path, httpserver: HTTPServer) -> None:
    page = "<body style='margin:0;background:rgb(0,128,0)'><script>fetch('/api/asked')</script>"
    httpserver.expect_request("/d/node").respond_with_data(page, content_type="text/html")
    httpserver.expect_request("/api/asked").respond_with_data("{}")
    browser = chromium()
    assert browser is not None
    with opened(Session(httpserver.url_for("").rstrip("/"), auth=("admin", "made up"))) as door:
        Camera(browser, door).shoot({"uid": "node", "panels": []}, tmp_path / "node.png")
    asked = [
        (request.path, request.authorization and request.authorization.password)
        for request, _ in httpserver.log
    ]
    assert ("/d/node", "made up") in asked
    assert ("/api/asked", "made up") in asked
    assert struct.unpack(">II", (tmp_path / "node.png").read_bytes()[16:24]) == (1366, 140)
