"""What cannot be done is one clear line, and the old release goes on serving."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.compose_lab import SMALL, ComposeLab, free_door, need_engine
from tests.engine import docker, house

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Said

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

SPOIL = """
import os, pathlib
for path in [pathlib.Path("/v"), *pathlib.Path("/v").rglob("*")]:
    os.chown(path, 1234, 1234)
os.chmod("/v", 0o700)
"""

FILL = """
try:
    with open("/v/filler", "wb", buffering=0) as file:
        while file.write(bytes(512)):
            pass
except OSError:
    print("full")
"""


def refused(lab: ComposeLab, code: int, *words: str) -> Said:
    """Deploy, and expect one clear line while everything goes on as it was."""
    before, live = lab.containers(), lab.query("monitoring_release_info or up")
    said = lab.invoke("deploy")
    assert said.code == code, said.out + said.err
    for word in words:
        assert word in said.last or word in said.out + said.err
    assert "Traceback" not in said.out + said.err
    assert live
    assert lab.serving()
    assert lab.containers() == before
    assert lab.keepers() == []
    return said


def test_an_image_that_no_registry_gives_is_refused_before_anything_changes(compose: ComposeLab) -> None:
    compose.environment(images="official", versions={"prometheus": "3.5.99"})
    refused(compose, 21, "cannot pull")


def test_a_port_of_a_process_is_refused_with_its_owner(compose: ComposeLab) -> None:
    port = free_door()
    with socket.create_server(("127.0.0.1", port)):
        compose.environment(ports={"proxy": port})
        name = psutil.Process().name()
        refused(compose, 7, f"port {port}, which proxy needs, is taken by {name} (pid {os.getpid()})")


def test_a_port_of_another_container_is_refused(compose: ComposeLab) -> None:
    port = free_door()
    with house() as made:
        made.run("web", 80, flags=("-p", f"127.0.0.1:{port}:80"))
        compose.environment(ports={"proxy": port})
        refused(compose, 7, f"port {port}, which proxy needs, is taken by")


def test_a_volume_whose_content_belongs_to_somebody_else_is_healed(compose: ComposeLab) -> None:
    docker("stop", compose.container("prometheus"))
    compose.inside("data-prometheus", SPOIL)

    compose.invoke("deploy").ok()
    assert compose.serving()
    assert compose.query("count_over_time(up{job='node'}[30m]) > 3"), "its data was kept"


def test_a_service_that_does_not_stay_up_is_undone(compose: ComposeLab) -> None:
    compose.environment(flags={"alertmanager": ["--no-such-flag"]})
    said = compose.invoke("deploy")

    assert said.code == 11, said.out + said.err
    assert "alertmanager" in said.last
    assert "no-such-flag" in said.out + said.err
    assert compose.containers().keys() == set(SMALL)
    assert "--no-such-flag" not in compose.inspect("alertmanager")["Args"]
    assert compose.serving()


def test_a_full_volume_of_releases_is_one_line_and_the_old_one_serves(tmp_path: Path) -> None:
    need_engine()
    lab = ComposeLab(tmp_path).build()
    size = ("--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=8m")
    label = f"monitoring.environment={lab.project}"
    docker("volume", "create", "--label", label, *size, f"{lab.project}_release")
    try:
        lab.invoke("deploy").ok()
        assert lab.inside("release", FILL) == "full"
        lab.rule("Extra", "up > 7")
        refused(lab, 11, "No space left on device")

        lab.inside("release", "import os; os.remove('/v/filler')")
        lab.invoke("deploy").ok()
        assert "up \\u003e 7" in lab.get("prometheus", "/api/v1/rules").text
    finally:
        lab.end()
