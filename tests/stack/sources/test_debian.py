from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients import apt
from stack.clients.docker_compose import COMPOSE
from stack.sources import debian
from stack.sources._record import Record
from stack.sources._templates import BESIDE, FOLDER
from stack.sources.debian import SOURCE, upstream_version
from tests.doubles.debian_archive import DebianArchive
from tests.doubles.programs import ALERTMANAGER, GRAFANA, NODE_EXPORTER, PROMETHEUS, Told, says, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack.programs import Program

COMPILED_IN = b"\0".join(f"/{FOLDER}{rest}".encode() for rest in ("", "/ui", "/no-ui"))
TEMPLATES = {f"{FOLDER}/{name}.tmpl": b"{{ define }}" for name in ("default", "email")}


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DebianArchive:
    made = DebianArchive()
    made.publish("prometheus", "3.5.3+ds1-6", {"usr/bin/prometheus": says("prometheus", "3.5.3+ds1")})
    made.publish("promtool", "3.5.3+ds1-6", {"usr/bin/promtool": says("promtool", "3.5.3+ds1")})
    exporter = {"usr/bin/prometheus-node-exporter": says("node_exporter", "1.11.1")}
    made.publish("prometheus-node-exporter", "1.11.1-3", exporter)
    server = {"usr/bin/prometheus-alertmanager": COMPILED_IN, "usr/bin/amtool": says("amtool", "0.33.1")}
    made.publish("prometheus-alertmanager", "0.33.1-5", server | TEMPLATES)
    monkeypatch.setattr(apt, "run", made.run)
    monkeypatch.setattr(apt, "KEYRING", tmp_path / "keyring")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian, "architecture", lambda: "amd64")
    (tmp_path / "keyring").touch()
    return made


def fetch(
    cache: Path, *programs: Program, told: Told | None = None, exact: bool = False
) -> Mapping[str, object]:
    place = (told or Told()).place(cache, suite="forky")
    assert SOURCE.fetch is not None
    return SOURCE.fetch([wanted(program, exact=exact) for program in programs], place)


def test_all_programs_come_with_one_index_and_one_download_and_are_known_afterwards(
    tmp_path: Path, archive: DebianArchive
) -> None:
    told = Told()
    answers = fetch(tmp_path / "cache", PROMETHEUS, NODE_EXPORTER, told=told)
    prometheus = answers["prometheus"]
    assert isinstance(prometheus, Record)
    assert prometheus.version == "3.5.3+ds1"
    assert prometheus.folder == tmp_path / "cache/prometheus-3.5.3+ds1-debian"
    assert prometheus.path("promtool").read_bytes() == says("promtool", "3.5.3+ds1")
    assert (archive.count("update"), archive.count("download")) == (1, 1)
    assert SOURCE.look(wanted(PROMETHEUS), told.place(tmp_path / "cache")) == prometheus
    (what, done, total) = told.progress[-1]
    assert (what, done) == ("Debian forky", total)
    assert not list((tmp_path / "cache").glob(".unpack-*"))


def test_promtool_is_found_within_prometheus_where_the_suite_has_no_package_of_its_own(
    tmp_path: Path, archive: DebianArchive
) -> None:
    del archive.packages["promtool"]
    both = {f"usr/bin/{name}": says(name, "3.4.0") for name in ("prometheus", "promtool")}
    archive.publish("prometheus", "3.4.0-1", both)
    prometheus = fetch(tmp_path, PROMETHEUS)["prometheus"]
    assert isinstance(prometheus, Record)
    assert set(prometheus.executables) == {"prometheus", "promtool"}


def test_alertmanager_gets_its_templates_beside_it_and_amtool_stays_as_it_is(
    tmp_path: Path, archive: DebianArchive
) -> None:
    found = fetch(tmp_path, ALERTMANAGER)["alertmanager"]
    assert isinstance(found, Record)
    assert found.beside == {BESIDE: FOLDER}
    assert (found.folder / found.beside[BESIDE] / "email.tmpl").is_file()
    server = found.path("alertmanager").read_bytes()
    assert len(server) == len(COMPILED_IN)
    assert FOLDER.encode() not in server
    assert found.path("amtool").read_bytes() == says("amtool", "0.33.1")


def test_one_program_that_cannot_be_had_does_not_keep_the_others_away(
    tmp_path: Path, archive: DebianArchive
) -> None:
    archive.publish(
        "prometheus-alertmanager", "0.33.1-5", {"usr/bin/prometheus-alertmanager": b""} | TEMPLATES
    )
    archive.publish("prometheus", "2.42.0-1", {})
    answers = fetch(tmp_path, PROMETHEUS, ALERTMANAGER, NODE_EXPORTER, GRAFANA)
    assert answers["prometheus"] == "in forky, 2.42.0 is older than 2.45, the oldest that may be used"
    assert answers["alertmanager"] == "its packages hold no amtool"
    assert answers["grafana"] == "Debian has no package of it"
    assert isinstance(answers["node_exporter"], Record)
    assert not list(tmp_path.glob("alertmanager-*"))


def test_a_version_that_is_not_the_wanted_one_is_not_even_downloaded_where_it_must_be_exact(
    tmp_path: Path, archive: DebianArchive
) -> None:
    archive.publish("prometheus-node-exporter", "1.9.0-1", {})
    answers = fetch(tmp_path, NODE_EXPORTER, exact=True)
    assert answers == {"node_exporter": "in forky, 1.9.0 is not the version asked for"}
    assert not archive.count("download")


def test_a_build_of_alertmanager_that_we_do_not_know_is_refused(
    tmp_path: Path, archive: DebianArchive
) -> None:
    files = {"usr/bin/prometheus-alertmanager": b"new", "usr/bin/amtool": b""} | TEMPLATES
    archive.publish("prometheus-alertmanager", "0.33.1-6", files)
    (answer,) = fetch(tmp_path, ALERTMANAGER).values()
    assert str(answer).endswith("stands in it 0 times, not 3: an unknown build")


def test_no_debian_no_network_and_an_old_index_are_each_one_reason_for_all(
    tmp_path: Path, archive: DebianArchive
) -> None:
    archive.refusing["http://debian.test/debian/"] = (
        "E: Release file for forky is expired (invalid since 16d)"
    )
    answers = fetch(tmp_path, PROMETHEUS, NODE_EXPORTER)
    assert set(answers.values()) == {
        "apt-get ended with 100: Release file for forky is expired (invalid since 16d)"
    }
    archive.indexed = ("http://ubuntu.test/ubuntu/|Ubuntu|Ubuntu",)
    assert fetch(tmp_path, PROMETHEUS)["prometheus"] == "apt names no Debian archive on this machine"


def test_where_apt_cannot_tell_which_archive_is_debians_each_is_tried(
    tmp_path: Path, archive: DebianArchive
) -> None:
    archive.indexed = ()
    archive.listed = (
        "'http://other.test/dists/a/InRelease' a 0",
        "'http://debian.test/dists/a/InRelease' a 0",
    )
    archive.refusing["http://other.test/"] = "E: The repository is not signed."
    assert isinstance(fetch(tmp_path, NODE_EXPORTER)["node_exporter"], Record)


def test_programs_without_a_package_ask_nobody(tmp_path: Path, archive: DebianArchive) -> None:
    fetch(tmp_path, GRAFANA)
    assert not archive.calls


@given(
    epoch=st.sampled_from(["", "1:", "12:"]),
    version=st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}(\+ds[0-9])?", fullmatch=True),
    revision=st.sampled_from(["", "-1", "-1+b2", "-2~bpo13+1"]),
)
def test_the_projects_version_is_read_out_of_debians(epoch: str, version: str, revision: str) -> None:
    assert upstream_version(f"{epoch}{version}{revision}") == version
    assert upstream_version("0.34.0~rc.1-1") == "0.34.0rc.1"


def test_a_plugin_of_the_docker_command_is_found_where_debian_puts_it(
    tmp_path: Path, archive: DebianArchive
) -> None:
    said = b"#!/bin/sh\necho Docker Compose version 2.40.3-3\n"
    archive.publish("docker-compose", "2.40.3-3", {"usr/libexec/docker/cli-plugins/docker-compose": said})
    found = fetch(tmp_path, COMPOSE)["docker_compose"]

    assert isinstance(found, Record)
    assert found.version == "2.40.3"
    assert found.path("docker-compose").read_bytes() == said
