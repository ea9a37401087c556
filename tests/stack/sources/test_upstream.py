from __future__ import annotations

import bz2
import hashlib
import re
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests

from stack import download
from stack.clients.docker_compose import COMPOSE
from stack.clients.restic_program import RESTIC
from stack.errors import Refused
from stack.services.cadvisor import SERVICE as CADVISOR
from stack.sources import _reach, _release
from stack.sources._record import Record
from stack.sources._release import addresses
from stack.sources._wanted import Wanted
from stack.sources.upstream import SOURCE
from tests.doubles.programs import GRAFANA, NODE_EXPORTER, PROMETHEUS, Told, says, wanted
from tests.doubles.release_server import Fault, ReleaseServer, archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


EXPORTER = replace(wanted(NODE_EXPORTER), digests={})
SERVER = replace(wanted(PROMETHEUS), digests={})
PROGRAM = says("node_exporter", "1.11.1")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    monkeypatch.setattr(download, "PAUSE", 0)
    monkeypatch.setattr(_release, "architecture", lambda: "amd64")
    with ReleaseServer() as running:
        yield running


@pytest.fixture
def page(server: ReleaseServer) -> str:
    return server.publish("node_exporter", "1.11.1", {"node_exporter": PROGRAM, "LICENSE": b"Apache"})


def fetch(
    cache: Path, server: ReleaseServer, *some: Wanted, told: Told | None = None
) -> Mapping[str, Record | str]:
    place = (told or Told()).place(cache, upstream=server.url)
    assert SOURCE.fetch is not None
    return SOURCE.fetch(some, place)


def test_archives_are_fetched_checked_and_unpacked_and_known_afterwards(
    tmp_path: Path, server: ReleaseServer, page: str
) -> None:
    files = {name: says(name, "3.5.3") for name in ("prometheus", "promtool")}
    server.publish("prometheus", "3.5.3", files)
    told = Told()
    answers = fetch(tmp_path, server, EXPORTER, SERVER, told=told)
    exporter, prometheus = answers["node_exporter"], answers["prometheus"]
    assert isinstance(exporter, Record)
    assert isinstance(prometheus, Record)
    assert exporter.path("node_exporter").read_bytes() == PROGRAM
    assert exporter.folder == tmp_path / "node_exporter-1.11.1-upstream"
    assert prometheus.path("promtool").stat().st_mode & 0o111
    assert SOURCE.look(EXPORTER, told.place(tmp_path)) == exporter
    size = len(server.files[page])
    assert told.progress[0] == ("node_exporter 1.11.1", size, size)
    assert not list((tmp_path / "downloads").iterdir())


def test_grafana_lies_under_its_build_number_with_a_bare_digest(
    tmp_path: Path, server: ReleaseServer
) -> None:
    path = "/grafana/release/13.2.1/grafana_13.2.1_33191028959_linux_amd64.tar.gz"
    server.files[path] = archive("grafana-13.2.1", {"bin/grafana": says("grafana", "13.2.1")})
    server.files[f"{path}.sha256"] = hashlib.sha256(server.files[path]).hexdigest().encode()
    found = fetch(tmp_path, server, wanted(GRAFANA))["grafana"]
    assert isinstance(found, Record)
    assert found.executables == {"grafana": "bin/grafana"}


def test_without_a_mirror_the_projects_own_pages_are_asked_for_the_machines_architecture() -> None:
    release = addresses(EXPORTER, "", "arm64")
    assert release.archive.startswith(
        "https://releases.test/prometheus/node_exporter/releases/download/v1.11.1/"
    )
    assert release.archive.endswith("/node_exporter-1.11.1.linux-arm64.tar.gz")
    mirrored = addresses(EXPORTER, "http://mirror.test/cache/", "arm64")
    assert mirrored.digests.startswith("http://mirror.test/cache/prometheus/node_exporter/releases/")


def test_a_release_whose_address_cannot_be_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"address of 13\.1\.0 needs a build number that stack/binaries\.lock"):
        addresses(wanted(GRAFANA, grafana="13.1.0"), "", "amd64")
    answers = _release.fetch([wanted(GRAFANA, grafana="13.1.0")], Told().place(tmp_path))
    assert str(answers["grafana"]).startswith("the address of 13.1.0 needs a build number")
    with pytest.raises(Refused, match="no release archive of it is known"):
        addresses(replace(EXPORTER, program=replace(NODE_EXPORTER, release=None)), "", "amd64")


def test_a_cut_download_goes_on_in_the_next_run(tmp_path: Path, server: ReleaseServer, page: str) -> None:
    server.faults[page] = Fault(cuts=[100, 0, 0, 0])
    download.CHUNK, chunk = 50, download.CHUNK
    try:
        answer = fetch(tmp_path, server, EXPORTER)["node_exporter"]
        assert re.fullmatch(
            r"GET http://\S+: the connection was cut, 3 times in a row at byte 100; the next run goes on.*",
            str(answer),
        )
        assert isinstance(fetch(tmp_path, server, EXPORTER)["node_exporter"], Record)
    finally:
        download.CHUNK = chunk
    assert server.asked(page)[-1] == "bytes=100-"


def test_an_archive_with_another_digest_than_published_or_pinned_leaves_nothing(
    tmp_path: Path, server: ReleaseServer, page: str
) -> None:
    pinned = replace(EXPORTER, digests={"amd64": "0" * 64})
    answer = fetch(tmp_path, server, pinned)["node_exporter"]
    assert re.fullmatch(
        r"node_exporter\S+ has sha256 \S+, but stack/binaries\.lock says 0+; it was removed", str(answer)
    )
    server.files[page] = archive("node_exporter-1.11.1.linux-amd64", {"node_exporter": b"evil"})
    answer = fetch(tmp_path, server, EXPORTER)["node_exporter"]
    assert re.fullmatch(
        r"node_exporter\S+ has sha256 \S+, but http\S+/sha256sums\.txt says \S+; it was removed", str(answer)
    )
    assert not list(tmp_path.glob("node_exporter-*"))
    assert not list((tmp_path / "downloads").iterdir())


@pytest.mark.parametrize(
    "fault", ["no page", "not listed", "no program in it", "no archive", "no such release"]
)
def test_a_release_that_is_not_as_it_should_be_is_one_line_and_the_others_come(
    tmp_path: Path, server: ReleaseServer, page: str, fault: str
) -> None:
    server.publish("prometheus", "3.5.3", {"prometheus": b"#!", "promtool": b"#!"})
    folder = page.rpartition("/")[0]
    expected = _spoil(server, page, folder, fault)
    answers = fetch(tmp_path, server, EXPORTER, SERVER)
    assert expected in str(answers["node_exporter"])
    assert "\n" not in str(answers["node_exporter"])
    assert isinstance(answers["prometheus"], Record)
    assert not list(tmp_path.glob(".unpack-*"))


def _spoil(server: ReleaseServer, page: str, folder: str, fault: str) -> str:
    if fault == "no page":
        server.faults[page] = Fault(status=404)
        return "404"
    if fault == "not listed":
        server.files[f"{folder}/sha256sums.txt"] = b""
        return "sha256sums.txt does not name node_exporter-1.11.1.linux-amd64.tar.gz"
    if fault == "no such release":
        del server.files[f"{folder}/sha256sums.txt"]
        return "sha256sums.txt: 404 Not Found"
    server.files[page] = b"<html>" if fault == "no archive" else archive("top", {"README": b""})
    server.list_digests(folder)
    return "cannot be unpacked" if fault == "no archive" else "its archive holds no node_exporter"


def test_a_silent_server_is_waited_for_once_for_all_programs_and_not_again_for_a_while(
    tmp_path: Path, server: ReleaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reach, "CONNECT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        place = Told().place(tmp_path, upstream=f"http://{host}")
        answers = _release.fetch([EXPORTER, SERVER, wanted(GRAFANA)], place)
        assert set(answers.values()) == {f"{host}: no answer within 0 s"}
        with monkeypatch.context() as patch:
            patch.setattr(requests, "head", None)
            assert set(_release.fetch([EXPORTER], place)) == {"node_exporter"}
        silent.settimeout(5)
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
    monkeypatch.setattr(_reach, "AGAIN", 0.0)
    assert _release.fetch([EXPORTER], place) == {"node_exporter": f"{host}: no connection"}
    assert server.seen == []


def test_a_bare_command_is_fetched_as_if_an_archive_had_held_it(
    tmp_path: Path, server: ReleaseServer
) -> None:
    said = b"#!/bin/sh\necho Docker Compose version v2.40.3\n"
    path = "/docker/compose/releases/download/v2.40.3/docker-compose-linux-x86_64"
    server.files[path] = said
    digest = hashlib.sha256(said).hexdigest()
    server.files[f"{path}.sha256"] = f"{digest} *docker-compose-linux-x86_64\n".encode()
    found = fetch(tmp_path, server, wanted(COMPOSE))["docker_compose"]

    assert isinstance(found, Record)
    assert found.path("docker-compose").read_bytes() == said
    assert found.path("docker-compose").stat().st_mode & 0o111
    assert SOURCE.look(wanted(COMPOSE), Told().place(tmp_path)) == found


def test_a_bare_command_loses_its_version_and_machine(tmp_path: Path, server: ReleaseServer) -> None:
    assert CADVISOR.program
    page = "/google/cadvisor/releases/download/v0.60.5/cadvisor-v0.60.5-linux-amd64"
    server.files[page] = said = b"#!/bin/sh\necho cAdvisor version v0.60.5 x\n"
    listed = f"{hashlib.sha256(said).hexdigest()}  ./cadvisor-v0.60.5-linux-amd64\n"
    server.files[f"{page}.sha256"] = listed.encode()
    found = fetch(tmp_path, server, Wanted(CADVISOR.program, "0.60.5", exact=True, build="", digests={}))[
        "cadvisor"
    ]

    assert isinstance(found, Record)
    assert found.path("cadvisor").read_bytes() == said


def test_a_bare_command_that_is_packed_is_unpacked(tmp_path: Path, server: ReleaseServer) -> None:
    said = b"#!/bin/sh\necho restic 0.19.1 compiled with go\n"
    page = "/restic/restic/releases/download/v0.19.1"
    server.files[f"{page}/restic_0.19.1_linux_amd64.bz2"] = packed = bz2.compress(said)
    listed = f"{hashlib.sha256(packed).hexdigest()}  restic_0.19.1_linux_amd64.bz2\n"
    server.files[f"{page}/SHA256SUMS"] = listed.encode()
    found = fetch(tmp_path, server, wanted(RESTIC))["restic"]

    assert isinstance(found, Record)
    assert found.path("restic").read_bytes() == said
