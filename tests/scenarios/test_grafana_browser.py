"""Each dashboard in a real Grafana before a real browser, where there are both."""

from __future__ import annotations

import html
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from stack.clients.chromium import ABSENT, chromium
from stack.clients.grafana import Grafana
from stack.clients.grafana.door import opened
from stack.clients.http import Session

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from tests.lab import Lab

pytestmark = [pytest.mark.integration, pytest.mark.skipif(chromium() is None, reason=ABSENT)]

FAILED = 'data-testid="data-testid Panel status error"'
"""What Grafana puts at the head of a panel whose query it could not answer."""


def seen(address: str, folder: Path) -> str:
    """Give a page's document as it is once its scripts have run."""
    browser = chromium()
    assert browser is not None
    flags = ("--headless", "--no-sandbox", "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}")
    time = ("--virtual-time-budget=20000", "--window-size=1366,4000", "--dump-dom")
    words = [str(browser.program), *flags, *time, address]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout


def test_a_page_behind_the_door_is_seen_as_its_scripts_have_left_it(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/d/a").respond_with_data(
        "<p id=p></p><script>fetch('/api/x').then(r => r.text()).then(t => p.textContent = t)</script>",
        content_type="text/html",
    )
    httpserver.expect_request("/api/x").respond_with_data("asked and answered")
    with opened(Session(httpserver.url_for("").rstrip("/"))) as door:
        assert "asked and answered" in seen(door.ticket("/d/a"), tmp_path)


@pytest.mark.grafana
@pytest.mark.parametrize("program", ["real"], indirect=True)
def test_no_panel_of_any_dashboard_shows_an_error(whole: Lab, tmp_path: Path) -> None:
    password = (whole.root / "secrets" / "grafana_admin_password").read_text()
    session = Session(f"http://127.0.0.1:{whole.ports['grafana']}", auth=("admin", password))
    broken = {}
    with opened(session) as door:
        for live in Grafana(session).inside("monitoring"):
            page = seen(door.ticket(f"/d/{live.uid}?kiosk"), tmp_path)
            titles = [panel["title"] for panel in live.model["panels"] if panel["type"] != "row"]
            broken[live.uid] = [
                page.count(FAILED),
                *(title for title in titles if html.escape(title) not in page),
            ]
    assert {uid: found for uid, found in broken.items() if found != [0]} == {}

    taken = json.loads(whole.invoke("dashboards.shot", "--json", timeout=600).ok().out)
    assert len(taken) == len(broken)
