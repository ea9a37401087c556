"""What people have made in Grafana is in a backup, and there again after all was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.grafana import Grafana
from stack.clients.http import Session

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration


def server(lab: Lab) -> Grafana:
    password = (lab.root / "secrets" / "grafana_admin_password").read_text()
    return Grafana(Session(f"http://127.0.0.1:{lab.ports['grafana']}", auth=("admin", password), timeout=10))


def test_a_dashboard_of_somebody_comes_back_after_a_loss_and_after_a_deletion(grafana: Lab) -> None:
    theirs = server(grafana)
    theirs.create_folder("team", "The team")
    theirs.save({"uid": "tills", "title": "Tills", "schemaVersion": 42, "panels": []}, folder="team")
    said = grafana.document("backup")
    assert said["parts"]["dashboards"]["dashboards"] == 2
    assert grafana.document("restore.drill")["parts"].keys() == {"alerting", "dashboards", "metrics"}

    theirs.delete("tills")
    back = grafana.document("restore", "--dashboard", "tills")
    made = [one["name"] for one in back["steps"]["dashboards"] if one["action"] == "create"]
    assert any("tills" in name.lower() for name in made), back
    assert server(grafana).dashboard("tills").folder == "team"

    grafana.invoke("destroy", "--yes").ok()
    grafana.invoke("restore", said["snapshot"]).ok()
    assert server(grafana).dashboard("tills").model["title"] == "Tills"
    assert server(grafana).folders()["team"] == "The team"
