"""What a Prometheus in a container finds: by files on the engine's machine, and by DNS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stack.clients.docker import address
from tests.engine import house
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.compose_lab import ComposeLab
    from tests.engine import House

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]


@pytest.fixture
def lodging() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not address().startswith("unix://"):
        pytest.skip("the engine's machine is another")
    made = tmp_path / "targets"
    made.mkdir(mode=0o755)
    return made


def test_files_and_names_are_taken_up_as_they_change_without_a_deploy(
    compose: ComposeLab, lodging: House, folder: Path
) -> None:
    network = lodging.network("shop")
    till = lodging.run("till", 80, flags=("--network", network))
    stall = ("--network", network, "--network-alias", "stalls")
    lodging.run("stall-1", 80, flags=stall)
    dns = [{"job": "stalls", "names": ["stalls"], "type": "A", "port": 80}]
    found = {"networks": [network], "folder": str(folder), "files": ["*.json"], "dns": dns}
    compose.environment(discovery=found)
    compose.invoke("deploy").ok()
    started = compose.inspect("prometheus")["State"]["StartedAt"]

    _place(folder, json.dumps([{"targets": [f"{till}:80"], "labels": {"shop": "berlin"}}]))
    lodging.run("stall-2", 80, flags=stall)
    assert until(lambda: _up(compose, f'job="files",shop="berlin",instance="{till}:80"') == ["1"], 30.0)
    assert until(lambda: _up(compose, 'job="stalls"') == ["1", "1"], 60.0), "asked every half minute"

    _place(folder, '[{"targets": ["half a f')
    assert until(lambda: compose.query("prometheus_sd_file_read_errors_total > 0"), 30.0)
    assert until(lambda: compose.query('ALERTS{alertname="PrometheusTargetFilesBroken"}'), 30.0)
    assert _up(compose, 'job="files"') == ["1"], "the last targets stay"
    assert compose.inspect("prometheus")["State"]["StartedAt"] == started

    compose.environment()
    compose.invoke("deploy").ok()  # it leaves the network, which ends with the test


@pytest.mark.parametrize("wrong", ["there is no such folder", "Permission denied", "Not a directory"])
def test_a_folder_that_prometheus_cannot_list_is_refused_before_anything_is_changed(
    compose: ComposeLab, folder: Path, wrong: str
) -> None:
    place = folder / "inner"
    if wrong == "Permission denied":
        place.mkdir(mode=0o700)
    elif wrong == "Not a directory":
        place.touch()
    before = compose.containers()
    compose.environment(discovery={"folder": str(place), "files": ["*.json"]})
    said = compose.invoke("deploy")

    assert said.code == 1, said.out + said.err
    assert f"{place} on the engine's machine: {wrong}" in said.last
    assert compose.containers() == before
    assert place.exists() == (wrong != "there is no such folder"), "nothing is made there"


def _place(folder: Path, text: str) -> None:
    """Rename a finished file into place."""
    (folder / "shop.json.new").write_text(text)
    (folder / "shop.json.new").rename(folder / "shop.json")


def _up(lab: ComposeLab, matchers: str) -> list[str]:
    return [one["value"][1] for one in lab.query(f"up{{{matchers}}}")]
