from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from stack import download
from stack.binaries import resolve, verify
from stack.environment import BinarySettings, Environment
from stack.errors import BinaryMissing, Refused
from stack.sources import _record, _release, _wanted
from tests.doubles.programs import GRAFANA, NODE_EXPORTER, PROMETHEUS, Told, put, says
from tests.doubles.release_server import Fault, ReleaseServer, archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stack.binaries import Binary
    from stack.programs import Program

PINS = {
    "prometheus": {"version": "3.5.3"},
    "node_exporter": {"version": "1.11.1"},
    "grafana": {"version": "13.2.1", "build": "7"},
}
EXPORTER = says("node_exporter", "1.11.1")
ROOT = Path(__file__).parents[2]
KILLED = """
import pathlib, sys
from stack.binaries import resolve
from stack.environment import BinarySettings, Environment
from stack.sources import _release
from tests.doubles.programs import NODE_EXPORTER
_release.architecture = lambda: "amd64"
environment = Environment(name="test", binaries=BinarySettings(sources=("upstream",), upstream=sys.argv[2]))
resolve([NODE_EXPORTER], environment, pathlib.Path(sys.argv[1]), tell=print, progress=lambda *_: None)
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ReleaseServer]:
    monkeypatch.setattr(download, "PAUSE", 0)
    monkeypatch.setattr(_release, "architecture", lambda: "amd64")
    monkeypatch.setattr(_wanted, "_pins", lambda: PINS)
    monkeypatch.setenv("PATH", f"{tmp_path / 'on_path'}:/usr/bin:/bin")
    with ReleaseServer() as running:
        running.publish("node_exporter", "1.11.1", {"node_exporter": EXPORTER})
        files = {name: says(name, "3.5.3") for name in ("prometheus", "promtool")}
        running.publish("prometheus", "3.5.3", files)
        yield running


class Machine:
    """One machine's cache, and all that its user was told."""

    def __init__(self, tmp_path: Path, server: ReleaseServer) -> None:
        self.cache, self.server, self.told = tmp_path / "cache", server, Told()

    def resolve(
        self, *programs: Program, sources: tuple[str, ...] = ("path", "upstream"), **settings: object
    ) -> dict[str, Binary]:
        binaries = BinarySettings.model_validate({"sources": sources, "upstream": self.server.url})
        environment = Environment(name="test", binaries=binaries, exact_versions=False)
        chosen = environment.model_copy(update=settings)
        told = self.told
        return resolve(programs, chosen, self.cache, tell=told.lines.append, progress=told.step)


@pytest.fixture
def machine(tmp_path: Path, server: ReleaseServer) -> Machine:
    return Machine(tmp_path, server)


def test_what_was_fetched_once_is_found_without_network_hashing_or_another_program(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = machine.resolve(PROMETHEUS, NODE_EXPORTER)
    assert machine.told.lines == [
        "prometheus 3.5.3 comes from upstream",
        "node_exporter 1.11.1 comes from upstream",
    ]
    seen = len(machine.server.seen)
    for owner, name in ((_record, "digest"), (subprocess, "Popen"), (os, "replace"), (_release, "fetch")):
        monkeypatch.setattr(owner, name, None)
    assert machine.resolve(PROMETHEUS, NODE_EXPORTER) == first
    assert len(machine.server.seen) == seen
    assert len(machine.told.lines) == 2


def test_what_was_resolved_is_kept_in_one_file_for_all_environments(machine: Machine) -> None:
    machine.resolve(PROMETHEUS)
    found = machine.resolve(NODE_EXPORTER)["node_exporter"]
    noted = json.loads((machine.cache / "resolved.json").read_text())
    assert set(noted) == {"node_exporter", "prometheus"}
    assert noted["node_exporter"] == {
        "version": "1.11.1",
        "source": "upstream",
        "executables": {"node_exporter": str(found.executables["node_exporter"])},
        "sha256": dict(found.digests),
    }


def test_sources_are_tried_in_their_order(machine: Machine, tmp_path: Path) -> None:
    put(tmp_path / "on_path", "node_exporter", says("node_exporter", "1.11.1"))
    assert machine.resolve(NODE_EXPORTER)["node_exporter"].source == "path"
    later = machine.resolve(NODE_EXPORTER, sources=("upstream", "path"))
    assert later["node_exporter"].source == "upstream"
    machine.server.files.clear()
    found = machine.resolve(NODE_EXPORTER, sources=("upstream", "path"), versions={"node_exporter": "1.12.0"})
    assert (found["node_exporter"].source, found["node_exporter"].version) == ("path", "1.11.1")
    assert machine.told.lines[-1] == "node_exporter 1.11.1 (path) is used instead of 1.12.0"


def test_a_program_that_no_source_has_is_named_with_what_each_of_them_said(machine: Machine) -> None:
    with pytest.raises(BinaryMissing) as raised:
        machine.resolve(NODE_EXPORTER, GRAFANA)
    assert raised.value.fields["program"] == "grafana"
    assert str(raised.value).startswith(
        "no source has grafana 13.2.1: path: grafana is not on PATH; upstream: GET http://"
    )
    assert str(raised.value).endswith("_7_linux_amd64.tar.gz.sha256: 404 Not Found")
    machine.server.seen.clear()
    assert machine.resolve(NODE_EXPORTER)["node_exporter"].source == "upstream"
    assert machine.server.seen == []


def test_an_exact_environment_refuses_what_another_one_takes(machine: Machine, tmp_path: Path) -> None:
    put(tmp_path / "on_path", "node_exporter", says("node_exporter", "1.9.0"))
    assert machine.resolve(NODE_EXPORTER, sources=("path",))["node_exporter"].version == "1.9.0"
    with pytest.raises(BinaryMissing, match=r"path: \S+: 1\.9\.0 is not the version asked for"):
        machine.resolve(NODE_EXPORTER, sources=("path",), exact_versions=True)


def test_a_damaged_program_is_fetched_again_with_a_line(machine: Machine) -> None:
    path = machine.resolve(NODE_EXPORTER)["node_exporter"].executables["node_exporter"]
    path.write_bytes(b"x" * len(EXPORTER))
    again = machine.resolve(NODE_EXPORTER)["node_exporter"]
    assert again.executables["node_exporter"].read_bytes() == EXPORTER
    assert machine.told.lines[1:] == [
        "node_exporter-1.11.1-upstream in the cache was damaged and has been fetched again",
        "node_exporter 1.11.1 comes from upstream",
    ]


def test_damage_that_leaves_no_trace_is_seen_before_a_start_and_mended_by_the_next_run(
    machine: Machine,
) -> None:
    binary = machine.resolve(NODE_EXPORTER)["node_exporter"]
    verify(binary)
    path, file = binary.executables["node_exporter"], binary.folder / ".record.json"
    path.write_bytes(b"x" * len(EXPORTER))
    record = _record.read(file, binary.folder)
    assert record
    replace(record, stamps={"node_exporter": _record.stamp(path)}).write(file)
    assert machine.resolve(NODE_EXPORTER) == {"node_exporter": binary}
    with pytest.raises(Refused, match=r"is not the node_exporter 1\.11\.1 that was found there before"):
        verify(binary)
    verify(machine.resolve(NODE_EXPORTER)["node_exporter"])
    path.unlink()
    with pytest.raises(Refused):
        verify(binary)


def test_the_folder_of_a_program_is_what_its_archive_had(machine: Machine) -> None:
    path = "/grafana/release/13.2.1/grafana_13.2.1_7_linux_amd64.tar.gz"
    files = {"bin/grafana": says("grafana", "13.2.1"), "public/index.html": b""}
    machine.server.files[path] = archive("grafana-13.2.1", files)
    machine.server.list_digests(path.rpartition("/")[0])
    listed = f"{path.rpartition('/')[0]}/sha256sums.txt"
    machine.server.files[f"{path}.sha256"] = machine.server.files[listed].split()[0]
    folder = machine.resolve(GRAFANA)["grafana"].folder
    assert (folder / "public/index.html").is_file()


def test_two_runs_at_once_fetch_a_program_once_and_both_have_it(machine: Machine) -> None:
    page = _page(machine.server)
    machine.server.faults[page] = Fault(cuts=[20, 20])
    results: list[dict[str, Binary]] = []
    runs = [Thread(target=lambda: results.append(machine.resolve(NODE_EXPORTER))) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(results) == 4
    assert all(result == results[0] for result in results)
    assert machine.told.lines.count("node_exporter 1.11.1 comes from upstream") == 1
    assert len(machine.server.asked(page)) == 3


def test_a_run_says_that_it_waits_for_another_one(machine: Machine) -> None:
    machine.cache.mkdir()
    with FileLock(machine.cache / ".lock"):
        run = Thread(target=machine.resolve, args=(NODE_EXPORTER,))
        run.start()
        _until(lambda: bool(machine.told.lines))
    run.join()
    assert machine.told.lines[0] == "another run is fetching programs or building images; waiting for it"
    assert machine.resolve(NODE_EXPORTER)


def test_after_a_run_was_killed_the_next_one_goes_on_where_it_stopped(machine: Machine) -> None:
    page = _page(machine.server)
    machine.server.files[page] = archive("node_exporter", {"node_exporter": Random(7).randbytes(300_000)})
    machine.server.list_digests(page.rpartition("/")[0])
    machine.server.faults[page] = Fault(silent_after=200_000)
    child = subprocess.Popen([sys.executable, "-c", KILLED, machine.cache, machine.server.url], cwd=ROOT)
    part = machine.cache / "downloads" / f"{page.rpartition('/')[2]}.part"
    _until(lambda: part.exists() and part.stat().st_size > 100_000)
    child.kill()
    child.wait()
    put(machine.cache / ".unpack-killed", "half", b"")
    machine.server.faults[page] = Fault()
    assert machine.resolve(NODE_EXPORTER)["node_exporter"].source == "upstream"
    assert int(machine.server.asked(page)[-1].removeprefix("bytes=").rstrip("-")) > 100_000
    assert not (machine.cache / ".unpack-killed").exists()


def _page(server: ReleaseServer) -> str:
    return next(path for path in server.files if path.endswith("node_exporter-1.11.1.linux-amd64.tar.gz"))


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
