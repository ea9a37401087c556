"""Against Debian's real archive, by way of the machine's own apt."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack.binaries import Binary, resolve, verify
from stack.clients import apt, command
from stack.environment import BinarySettings, Environment
from tests.doubles.programs import ALERTMANAGER, NODE_EXPORTER, Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
CONFIGURATION = "route: {receiver: none}\nreceivers: [{name: none}]\n"
AS_NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", sys.executable, "-c")
RESOLVE = """
import pathlib, sys
from stack.binaries import resolve
from stack.environment import BinarySettings, Environment
from tests.doubles.programs import NODE_EXPORTER
environment = Environment(name="test", exact_versions=False, binaries=BinarySettings(sources=("debian",)))
cache = pathlib.Path(sys.argv[1])
found = resolve([NODE_EXPORTER], environment, cache, tell=print, progress=lambda *_: None)
print(found["node_exporter"].executables["node_exporter"])
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Binary]:
    _need_debian()
    told = Told()
    settings = BinarySettings(sources=("debian",))
    environment = Environment(name="test", exact_versions=False, binaries=settings)
    cache = tmp_path_factory.mktemp("cache")
    return resolve(
        [NODE_EXPORTER, ALERTMANAGER], environment, cache, tell=told.lines.append, progress=told.step
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


def test_the_programs_run_and_say_the_version_that_was_resolved(found: Mapping[str, Binary]) -> None:
    for binary in found.values():
        verify(binary)
        for path in binary.executables.values():
            assert f"version {binary.version} " in command.run([path, "--version"]).checked().said


def test_alertmanager_starts_in_a_folder_that_has_its_templates_and_in_no_other(
    found: Mapping[str, Binary], tmp_path: Path
) -> None:
    binary = found["alertmanager"]
    (tmp_path / "bare").mkdir()
    assert "failed to parse templates" in _said_until_ready(binary, tmp_path / "bare")
    (tmp_path / "whole").mkdir()
    for name, path in binary.beside.items():
        (tmp_path / "whole" / name).symlink_to(path)
    assert re.search(r"Listening on.*address=127\.0\.0\.1:\d+", _said_until_ready(binary, tmp_path / "whole"))


def test_another_user_than_root_fetches_programs_likewise(open_folder: Path) -> None:
    _need_debian()
    if os.geteuid() != 0:
        pytest.skip("this is another user already")
    os.chown(open_folder, 65534, 65534)
    if subprocess.run([*AS_NOBODY, "import stack"], cwd=ROOT, check=False, capture_output=True).returncode:
        pytest.skip("another user cannot read this checkout")
    done = command.run([*AS_NOBODY, RESOLVE, open_folder / "cache"], cwd=ROOT).checked()
    program = Path(done.stdout.splitlines()[-1])
    assert program.stat().st_uid == 65534
    assert "node_exporter, version" in command.run([program, "--version"]).checked().said


def _need_debian() -> None:
    if not apt.mirrors():
        pytest.skip("apt names no Debian archive on this machine")


def _said_until_ready(binary: Binary, folder: Path) -> str:
    (folder / "alertmanager.yml").write_text(CONFIGURATION)
    flags = [
        "--config.file=alertmanager.yml",
        "--web.listen-address=127.0.0.1:0",
        "--cluster.listen-address=",
    ]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binary.executables["alertmanager"], *flags], cwd=folder, stdout=output, stderr=output
        )
    try:
        until = time.monotonic() + 30
        while process.poll() is None and "Listening on" not in log.read_text() and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(timeout=30)
    return log.read_text()
