"""Both of Grafana's probes, against the double of it that starts from the rendered files."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.probes import grafana_dashboards, grafana_source
from stack.clients.grafana import Grafana
from stack.errors import Refused
from stack.tree import Tree
from tests.doubles import grafana as double
from tests.doubles.runtime import FakeRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack.clients.http import Session
    from stack.service import Stack

PASSWORD = "made up for this test"
MODELS: dict[str, dict[str, Any]] = {
    name: {"uid": name, "title": name.upper(), "panels": []} for name in ("fleet", "overview")
}
UP = 'up{job="prometheus"}'


@dataclass
class LoggingIn(FakeRuntime):
    """Logs in to Grafana."""

    password: str = PASSWORD

    def door(self, stack: Stack, service: str) -> Session:
        return replace(super().door(stack, service), auth=("admin", self.password))


@contextmanager
def served(made: Any, folder: Path, password: str = PASSWORD) -> Iterator[Any]:
    """Start Grafana from a scene's files, and let its sight lead there."""
    files = {f"grafana/dashboards/{name}.json": json.dumps(each).encode() for name, each in MODELS.items()}
    tree = Tree({**made.sight.release.tree.files, **files})
    tree.write(folder / "current")
    process = made.sight.release.stack.defined["grafana"].process(made.sight.release.stack)
    environ = {name: value.replace("{root}", str(folder)) for name, value in process.env.items()}
    environ["GF_SECURITY_ADMIN_PASSWORD"] = PASSWORD
    environ["MONITORING_DASHBOARDS"] = str(folder / "current" / "grafana" / "dashboards")
    with double.Grafana({"server": {"http_port": "0"}}, environ) as grafana:
        runtime = LoggingIn(folder, doors={"grafana": grafana.url}, password=password)
        yield replace(made.sight, runtime=runtime, release=replace(made.sight.release, tree=tree))


@pytest.fixture
def made(scene: Any, httpserver: Any) -> Any:
    return scene(ports={"prometheus": httpserver.port})


def test_the_data_source_answers_what_prometheus_answers(made: Any, tmp_path: Path) -> None:
    made.prometheus.values = {UP: 1.0}
    with served(made, tmp_path) as sight:
        assert grafana_source.PROBE.run(sight).startswith("the generated password logs in, and")


def test_another_answer_is_waited_for_and_another_password_is_final(
    made: Any, waits: Any, tmp_path: Path
) -> None:
    made.prometheus.values = {UP: 0.0}
    with served(made, tmp_path) as sight:
        assert waits(grafana_source.PROBE, replace(made, sight=sight)).startswith(f"{UP} gives [0.0]")
        made.prometheus.values = {}
        assert waits(grafana_source.PROBE, replace(made, sight=sight)).startswith(f"{UP} gives nothing")
    with served(made, tmp_path, "wrong") as sight, pytest.raises(Refused):
        grafana_source.PROBE.run(sight)


def test_dashboards_are_there_as_they_were_rendered(made: Any, tmp_path: Path) -> None:
    with served(made, tmp_path) as sight:
        assert grafana_dashboards.PROBE.run(sight) == "2 dashboards are there, as they were rendered"


def test_one_that_is_missing_or_another_is_named(made: Any, waits: Any, tmp_path: Path) -> None:
    with served(made, tmp_path) as sight:
        files = sight.release.tree.files
        files["grafana/dashboards/fleet.json"] = json.dumps({**MODELS["fleet"], "title": "Other"}).encode()
        said = waits(grafana_dashboards.PROBE, replace(made, sight=sight))
        assert said == "fleet.json is there with another title: 'Other' is live as 'FLEET'"
        files["grafana/dashboards/a.json"] = json.dumps({**MODELS["fleet"], "uid": "a"}).encode()
        assert (
            waits(grafana_dashboards.PROBE, replace(made, sight=sight))
            == "a.json is not in the folder monitoring"
        )


def lay(folder: Path, name: str, text: str) -> None:
    (folder / "current" / "grafana" / "dashboards" / name).write_text(text)


@pytest.mark.parametrize(
    "second",
    [{"uid": "overview", "title": "Other"}, {"uid": "other", "title": "OVERVIEW"}],
    ids=["uid", "title"],
)
def test_what_is_no_longer_saved_because_of_a_double_is_seen_though_all_looks_healthy(
    made: Any, waits: Any, tmp_path: Path, second: dict[str, Any]
) -> None:
    with served(made, tmp_path) as sight:
        grafana = Grafana(sight.door("grafana"))
        lay(tmp_path, "double.json", json.dumps(second))
        grafana.reload_provisioning()
        changed = {**MODELS["fleet"], "title": "Changed"}
        lay(tmp_path, "fleet.json", json.dumps(changed))
        sight.release.tree.files["grafana/dashboards/fleet.json"] = json.dumps(changed).encode()
        grafana.reload_provisioning()

        assert grafana.health()["database"] == "ok"
        said = waits(grafana_dashboards.PROBE, replace(made, sight=sight))
        assert said == "fleet.json is there with another title: 'Changed' is live as 'FLEET'"


def test_a_file_that_grafana_passes_over_is_missing(made: Any, waits: Any, tmp_path: Path) -> None:
    with served(made, tmp_path) as sight:
        text = json.dumps({"uid": "new", "title": "New"})
        for name, written in (("new.json", f"\ufeff{text}"), ("half.json", text[:9])):
            lay(tmp_path, name, written)
        sight.release.tree.files["grafana/dashboards/new.json"] = text.encode()
        Grafana(sight.door("grafana")).reload_provisioning()
        said = waits(grafana_dashboards.PROBE, replace(made, sight=sight))
        assert said == "new.json is not in the folder monitoring"


def test_a_dashboard_without_a_uid_is_refused_and_one_of_an_old_release_is_seen(
    made: Any, waits: Any, tmp_path: Path
) -> None:
    with served(made, tmp_path) as sight:
        lay(tmp_path, "old.json", json.dumps({"uid": "old", "title": "Old"}))
        grafana = Grafana(sight.door("grafana"))
        grafana.reload_provisioning()
        said = waits(grafana_dashboards.PROBE, replace(made, sight=sight))
        assert said == "old.json is still there, and no longer rendered"
        sight.release.tree.files["grafana/dashboards/nameless.json"] = b'{"title": "Nameless"}'
        said = waits(grafana_dashboards.PROBE, replace(made, sight=sight))
        assert said.startswith("nameless.json has no uid")


def test_what_somebody_has_made_in_the_folder_is_none_of_its_business(made: Any, tmp_path: Path) -> None:
    with served(made, tmp_path) as sight:
        Grafana(sight.door("grafana")).save({"uid": "mine", "title": "Mine"}, folder="monitoring")
        assert grafana_dashboards.PROBE.run(sight) == "2 dashboards are there, as they were rendered"


def test_one_in_another_folder_is_not_where_it_belongs(made: Any, waits: Any, tmp_path: Path) -> None:
    with served(made, tmp_path) as sight:
        grafana = Grafana(sight.door("grafana"))
        grafana.create_folder("other", "Other")
        grafana.save({"uid": "strayed", "title": "Strayed"}, folder="other")
        sight.release.tree.files["grafana/dashboards/strayed.json"] = (
            b'{"uid": "strayed", "title": "Strayed"}'
        )
        said = waits(grafana_dashboards.PROBE, replace(made, sight=sight))
        assert said == "strayed.json is not in the folder monitoring"
