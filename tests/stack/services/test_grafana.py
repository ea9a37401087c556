from __future__ import annotations

import configparser
import json
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from stack.assemble import assemble
from stack.clients.grafana import Grafana, differences
from stack.clients.http import Session
from stack.clients.ports import is_free
from stack.dashboards.reading import Dashboard
from stack.errors import HttpFailed, Refused
from stack.load import load
from stack.services.grafana import DATA_SOURCE, PASSWORD, SERVICE
from tests.doubles.grafana import install

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.service import Stack

ROOT = Path(__file__).parents[3]
WORD = "made up for this test"


def stack(name: str = "local") -> Stack:
    return assemble(load(name).environment, root=ROOT, sites=())


def files(name: str = "local") -> dict[str, bytes]:
    return dict(SERVICE.files(stack(name)))


@dataclass(frozen=True)
class Home:
    """An environment's folder in which the service's own files and process start a Grafana."""

    root: Path
    program: Path
    stack: Stack

    @property
    def client(self) -> Grafana:
        return Grafana(Session(f"http://{self.stack.address('grafana')}", auth=("admin", WORD)))

    def lay_out(self, release: str, stack: Stack) -> None:
        for path, data in SERVICE.files(stack).items():
            target = self.root / "releases" / release / "grafana" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        (self.root / "current").unlink(missing_ok=True)
        (self.root / "current").symlink_to(f"releases/{release}")
        for folder in SERVICE.watches:
            shutil.rmtree(self.root / "watched" / "grafana" / folder, ignore_errors=True)
            source = self.root / "releases" / release / "grafana" / folder
            shutil.copytree(source, self.root / "watched" / "grafana" / folder)

    def start(self) -> subprocess.Popen[str]:
        process = SERVICE.process(self.stack)
        argv = [str(self.program), *(self._filled(word) for word in process.argv[1:])]
        env = {name: self._filled(value) for name, value in process.env.items()}
        return subprocess.Popen(argv, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def _filled(self, word: str) -> str:
        # The folder above `bin`, as the runtime fills it in.
        return word.replace("{root}", str(self.root)).replace("{program}", str(self.program.parents[1]))

    def await_ready(self, process: subprocess.Popen[str]) -> None:
        while True:  # ended by the test's own time limit
            assert process.poll() is None, process.communicate()[0]
            try:
                self.client.health()
            except HttpFailed:
                time.sleep(0.02)
            else:
                return


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = stack()
    own = replace(made, environment=made.environment.model_copy(update={"ports": {"grafana": port}}))
    home = Home(tmp_path, install(tmp_path / "program"), own)
    home.lay_out("one", own)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / PASSWORD).write_text(WORD)
    return home


@pytest.fixture
def running(home: Home) -> Iterator[subprocess.Popen[str]]:
    process = home.start()
    try:
        home.await_ready(process)
        yield process
    finally:
        process.terminate()
        assert process.wait(10) == 0
        assert process.stdout is not None
        process.stdout.close()
    assert is_free(home.stack.port("grafana"))


def test_the_service_starts_shows_the_shipped_dashboards_and_takes_the_generated_password(
    home: Home, running: subprocess.Popen[str]
) -> None:
    home.client.check_login()
    with pytest.raises(Refused):
        Grafana(Session(home.client.session.base, auth=("admin", "admin"))).check_login()
    assert {found.folder for found in home.client.dashboards()} == {"monitoring"}
    assert {found.uid for found in home.client.dashboards()} == {
        shown.model["uid"] for shown in home.stack.dashboards.values()
    }
    for shown in home.stack.dashboards.values():
        assert differences(shown.model, home.client.dashboard(shown.model["uid"]).model) == []


def test_a_reload_brings_the_next_release_without_a_restart(
    home: Home, running: subprocess.Popen[str]
) -> None:
    renamed = home.root / "overview.json"
    renamed.write_text(json.dumps({**home.stack.dashboards["overview"].model, "title": "Renamed"}))
    kept = {"overview": Dashboard("overview", renamed)}
    home.lay_out("two", replace(home.stack, dashboards=kept))
    for path in SERVICE.reload:
        home.client.session.post(path)
    assert [found.title for found in home.client.dashboards()] == ["Renamed"]
    assert running.poll() is None


def test_another_password_file_changes_nothing_once_the_database_is_there(home: Home) -> None:
    for word in (WORD, "another"):
        (home.root / "secrets" / PASSWORD).write_text(word)
        process = home.start()
        try:
            home.await_ready(process)
            home.client.check_login()
        finally:
            process.terminate()
            process.communicate(timeout=10)


@pytest.mark.parametrize("fault", ["no password", "two defaults", "taken port"])
def test_a_start_that_cannot_go_well_ends_with_one_line(
    home: Home, fault: str, request: pytest.FixtureRequest
) -> None:
    said = {
        "no password": "expanding security.admin_password with expander 'file'",
        "two defaults": "Failed to provision data sources",
        "taken port": "Address already in use",
    }
    if fault == "no password":
        (home.root / "secrets" / PASSWORD).unlink()
    if fault == "two defaults":
        folder = home.root / "current" / "grafana" / "provisioning" / "datasources"
        (folder / "second.yaml").write_text("datasources: [{name: b, uid: b, isDefault: true}]")
    if fault == "taken port":
        request.getfixturevalue("running")
    process = home.start()
    out = process.communicate(timeout=20)[0]
    assert process.returncode == 1
    assert said[fault] in out.splitlines()[-1]


def test_nothing_calls_outside_and_nobody_enters_unasked() -> None:
    ini = configparser.ConfigParser(interpolation=None)
    ini.read_string(files()["grafana.ini"].decode())
    assert ini["server"]["http_addr"] == "127.0.0.1"
    off = ["analytics.reporting_enabled", "analytics.check_for_updates", "analytics.check_for_plugin_updates"]
    off += ["news.news_feed_enabled", "snapshots.external_enabled", "plugins.preinstall_auto_update"]
    off += ["auth.anonymous.enabled", "users.allow_sign_up"]
    assert {ini[name.rpartition(".")[0]][name.rpartition(".")[2]] for name in off} == {"false"}
    assert ini["plugins"]["preinstall_disabled"] == ini["security"]["disable_gravatar"] == "true"


def test_the_password_is_nowhere_but_in_the_file_that_the_process_names() -> None:
    process = SERVICE.process(stack())
    assert process.env["GF_SECURITY_ADMIN_PASSWORD"] == f"$__file{{{{root}}/secrets/{PASSWORD}}}"
    assert not [name for name in process.env if name.endswith("__FILE")], "a native server ignores these"
    assert b"password" not in b"".join(files().values()).lower()


@pytest.mark.parametrize(
    ("name", "editable"), [("local", True), ("dev", True), ("staging", False), ("prod", False)]
)
def test_one_data_source_of_a_fixed_uid_and_edits_only_where_they_do_no_harm(
    name: str, *, editable: bool
) -> None:
    rendered = files(name)
    (source,) = yaml.safe_load(rendered["provisioning/datasources/prometheus.yaml"])["datasources"]
    assert (source["uid"], source["isDefault"], source["editable"]) == (DATA_SOURCE, True, False)
    assert source["jsonData"]["timeInterval"] == load(name).environment.scrape_interval
    (provider,) = yaml.safe_load(rendered["provisioning/dashboards/shipped.yaml"])["providers"]
    assert provider["allowUiUpdates"] is editable
    assert provider["folderUid"] == "monitoring"


def test_the_double_tells_its_version_as_grafana_does(tmp_path: Path) -> None:
    done = subprocess.run([install(tmp_path), "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == "grafana version 13.2.1\n"
