"""Grafana as part of a deploy: a strict double everywhere, the real one where a `grafana` is to be had."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.doubles.grafana import install

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration


def real() -> str:
    """Give the path of a real Grafana, empty where there is none."""
    return os.environ.get("GRAFANA_BIN") or shutil.which("grafana") or ""


@pytest.fixture(params=["double", pytest.param("real", marks=pytest.mark.grafana)])
def grafana(request: pytest.FixtureRequest, lab: Lab, tmp_path: Path) -> Lab:
    """A deployed lab with a Grafana."""
    if request.param == "real" and not real():
        pytest.skip("there is no `grafana` on PATH and no GRAFANA_BIN")
    program = Path(real()) if request.param == "real" else install(tmp_path / "grafana")
    lab.environment(disable={"services": []}, binaries={"paths": {"grafana": str(program)}})
    lab.invoke("deploy").ok()
    return lab


def password(lab: Lab) -> str:
    return (lab.root / "secrets" / "grafana_admin_password").read_text()


def shown(lab: Lab, uid: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{lab.ports['grafana']}/api/dashboards/uid/{uid}"
    found: dict[str, Any] = requests.get(url, auth=("admin", password(lab)), timeout=10).json()
    return found


def test_grafana_comes_up_with_a_generated_password_its_source_and_its_dashboards(grafana: Lab) -> None:
    base = f"http://127.0.0.1:{grafana.ports['grafana']}"
    search = f"{base}/api/search?type=dash-db&limit=100&page=1"
    found = requests.get(search, auth=("admin", password(grafana)), timeout=10).json()

    assert {entry["uid"] for entry in found} >= {"overview", "vertical-fleet-health"}
    assert requests.get(search, auth=("admin", "admin"), timeout=10).status_code == 401
    assert (grafana.root / "secrets" / "grafana_admin_password").stat().st_mode & 0o777 == 0o600
    runs = json.loads(grafana.invoke("runs", "--json").ok().out)
    probes = {name: passed for name, passed, *_ in runs[0]["findings"]}
    assert probes["grafana_source"]
    assert probes["grafana_dashboards"]


def test_a_changed_dashboard_is_reloaded_and_compared_by_content(grafana: Lab) -> None:
    pid, kept = grafana.pid("grafana"), shown(grafana, "overview")["dashboard"]["id"]
    folder = grafana.site / "dashboards"
    folder.mkdir()
    model = {"uid": "mine", "title": "Mine", "panels": [], "schemaVersion": 41}
    (folder / "mine.json").write_text(json.dumps(model))
    said = grafana.invoke("deploy").ok()

    assert "grafana          reloaded" in said.out
    assert "3 dashboards are there, as they were rendered" in said.out
    assert grafana.pid("grafana") == pid
    assert shown(grafana, "mine")["dashboard"]["title"] == "Mine"
    # Behind the link it would have been deleted and made anew, its history and stars lost.
    assert shown(grafana, "overview")["dashboard"]["id"] == kept

    (folder / "mine.json").unlink()
    grafana.invoke("deploy").ok()
    assert not (grafana.root / "watched" / "grafana" / "dashboards" / "mine.json").exists()


def test_where_no_source_has_it_local_goes_on_without_and_says_so(lab: Lab) -> None:
    lab.environment(disable={"services": []}, binaries={"sources": ["path", "debian"]})
    if real():
        pytest.skip("this machine has a Grafana on PATH")
    said = lab.invoke("deploy").ok()

    assert sum("going on without grafana" in line for line in said.out.splitlines()) == 1
    assert "grafana" not in json.loads((lab.root / "current" / "native" / "processes.json").read_text())
