from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.clients.docker_compose import COMPOSE
from stack.errors import BinaryMissing
from stack.sources import path as module
from stack.sources._record import Record
from stack.sources.path import SOURCE, read_version
from tests.doubles.programs import GRAFANA, NODE_EXPORTER, PROMETHEUS, Told, put, says, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from stack.sources import Place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    (tmp_path / "on_path").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'on_path'}:{os.environ['PATH']}")
    return Told().place(tmp_path / "cache")


def named(tmp_path: Path, name: str, path: Path) -> Place:
    return Told().place(tmp_path / "cache", paths={name: str(path)})


def test_programs_on_path_are_found_under_their_own_names_and_debians(place: Place, tmp_path: Path) -> None:
    put(tmp_path / "on_path", "prometheus", says("prometheus", "3.5.3+ds1"))
    put(tmp_path / "on_path", "promtool", says("promtool", "3.5.3+ds1"))
    put(tmp_path / "on_path", "prometheus-node-exporter", says("node_exporter", "1.11.1"))
    prometheus, exporter = (SOURCE.look(wanted(each), place) for each in (PROMETHEUS, NODE_EXPORTER))
    assert isinstance(prometheus, Record)
    assert isinstance(exporter, Record)
    assert (prometheus.version, exporter.version) == ("3.5.3+ds1", "1.11.1")
    assert prometheus.path("promtool") == tmp_path / "on_path/promtool"
    assert exporter.path("node_exporter") == tmp_path / "on_path/prometheus-node-exporter"


def test_what_is_not_on_path_or_does_not_fit_is_a_reason_to_go_on(place: Place, tmp_path: Path) -> None:
    assert SOURCE.look(wanted(NODE_EXPORTER), place) == "node_exporter is not on PATH"
    put(tmp_path / "on_path", "prometheus", says("prometheus", "2.40.1"))
    assert SOURCE.look(wanted(PROMETHEUS), place) == "promtool is not on PATH"
    put(tmp_path / "on_path", "promtool", says("promtool", "2.40.1"))
    assert SOURCE.look(wanted(PROMETHEUS), place) == (
        f"{tmp_path}/on_path/prometheus: 2.40.1 is older than 2.45, the oldest that may be used"
    )
    put(tmp_path / "on_path", "node_exporter", b"#!/bin/sh\necho broken library >&2; exit 127\n")
    assert SOURCE.look(wanted(NODE_EXPORTER), place) == (
        f"{tmp_path}/on_path/node_exporter does not tell its version: broken library"
    )


@pytest.mark.parametrize("where", ["", "bin", "bin/prometheus"])
def test_a_named_place_is_a_folder_its_bin_or_the_program_itself(tmp_path: Path, where: str) -> None:
    server = put(tmp_path / "opt/bin", "prometheus", says("prometheus", "3.5.3"))
    put(tmp_path / "opt/bin", "promtool", says("promtool", "3.5.3"))
    found = SOURCE.look(wanted(PROMETHEUS), named(tmp_path, "prometheus", tmp_path / "opt" / where))
    assert isinstance(found, Record)
    assert found.path("prometheus") == server
    assert found.path("promtool").parent == server.parent


def test_a_named_place_where_it_is_not_as_wanted_ends_the_search_at_once(tmp_path: Path) -> None:
    place = named(tmp_path, "node_exporter", tmp_path / "opt/node_exporter")
    said = r"no source has node_exporter 1\.11\.1: binaries\.paths\.node_exporter: "
    with pytest.raises(BinaryMissing, match=said + r"there is no node_exporter at \S+/opt/node_exporter$"):
        SOURCE.look(wanted(NODE_EXPORTER), place)
    put(tmp_path / "opt", "node_exporter", says("node_exporter", "1.9.0"))
    with pytest.raises(BinaryMissing, match=said + r"\S+: 1\.9\.0 is not the version asked for$"):
        SOURCE.look(wanted(NODE_EXPORTER, exact=True), place)
    put(tmp_path / "opt", "node_exporter", b"no program").chmod(0o644)
    with pytest.raises(BinaryMissing, match=said + r"\S+/node_exporter ended with 127: Permission denied$"):
        SOURCE.look(wanted(NODE_EXPORTER), place)


def test_a_program_is_asked_for_its_version_again_only_after_it_changed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "on_path", "node_exporter", says("node_exporter", "1.11.1"))
    first = SOURCE.look(wanted(NODE_EXPORTER), place)
    with monkeypatch.context() as patch:
        patch.setattr(module, "run", None)
        assert SOURCE.look(wanted(NODE_EXPORTER), place) == first
    put(tmp_path / "on_path", "node_exporter", says("node_exporter", "1.12.0"))
    changed = SOURCE.look(wanted(NODE_EXPORTER), place)
    assert isinstance(changed, Record)
    assert changed.version == "1.12.0"


def test_grafana_that_tells_its_version_only_the_old_way_is_understood(place: Place, tmp_path: Path) -> None:
    old = (
        b'#!/bin/sh\n[ "$1 $2" = "server -v" ] && echo "Version 13.2.0 (commit: 1, branch: HEAD)" || exit 1\n'
    )
    put(tmp_path / "on_path", "grafana", old)
    found = SOURCE.look(wanted(GRAFANA), place)
    assert isinstance(found, Record)
    assert found.version == "13.2.0"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("prometheus, version 3.5.3+ds1 (branch: debian/sid, revision: 3.5.3+ds1-6)", "3.5.3+ds1"),
        ("alertmanager, version 0.33.1 (branch: HEAD)\n  go version:       go1.27.1", "0.33.1"),
        ("grafana version 13.2.1", "13.2.1"),
        ("Version 10.0.3 (commit: eb8dd72637, branch: HEAD)", "10.0.3"),
        ("grafana version 13.0.1+security-01", "13.0.1+security-01"),
        ('level=info msg="Redis Metrics Exporter v1.86.0    build date: 2026-06-09    Go: go1.26"', "1.86.0"),
        ('level=info msg="Redis Metrics Exporter 1.86.0-1    build date: 20260609-18:25:42"', "1.86.0"),
        ("cAdvisor version v0.60.5 (44b8e306)", "0.60.5"),
        ("Docker Compose version v2.40.3", "2.40.3"),
        ("restic 0.19.1 compiled with go1.26.4 on linux/amd64", "0.19.1"),
        ("Docker Compose version 2.40.3-3", "2.40.3"),
        ("Docker Compose version v2.41.0-rc.1", "2.41.0-rc.1"),
        ("docker-compose version 1.29.2, build unknown", "1.29.2"),
        ("usage: tool [flags]\n  --version  Show it.", ""),
    ],
)
def test_the_version_is_read_from_what_the_real_programs_say(text: str, version: str) -> None:
    assert read_version(text) == version


@given(st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4}){1,3}([+-][a-z0-9.-]{1,12})?", fullmatch=True), st.text())
def test_any_version_is_read_whatever_follows(version: str, rest: str) -> None:
    assert read_version(f"tool, version {version} ({rest}") == version


def test_a_program_may_stand_in_folders_of_its_own_which_come_before_path(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    compose = replace(COMPOSE, folders=("~/.docker/cli-plugins", str(tmp_path / "nowhere")))
    put(tmp_path / "on_path", "docker-compose", b"#!/bin/sh\necho docker-compose version 1.29.2, build x\n")

    assert SOURCE.look(wanted(compose), place) == (
        f"{tmp_path}/on_path/docker-compose: 1.29.2 is older than 2.20, the oldest that may be used"
    )
    plugin = b"#!/bin/sh\necho Docker Compose version 2.40.3-3\n"
    put(tmp_path / "home/.docker/cli-plugins", "docker-compose", plugin)
    found = SOURCE.look(wanted(compose, exact=True), place)
    assert isinstance(found, Record)
    assert found.version == "2.40.3"
    assert found.path("docker-compose") == tmp_path / "home/.docker/cli-plugins/docker-compose"
