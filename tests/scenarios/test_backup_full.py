"""A disk that is full, here or where backups are stored: one line, and what was kept is whole."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration


@contextmanager
def small(folder: Path, size: str) -> Iterator[Path]:
    """Give a folder a disk of its own that can be filled."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def ended(lab: Lab) -> Iterator[None]:
    """Stop a lab before its disk goes."""
    try:
        yield
    finally:
        lab.invoke("stop")


def fill(folder: Path) -> Path:
    """Write into a folder until its disk is full, to the last byte, and give the file."""
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 65536)
    return folder / "filler"


def snapshots(lab: Lab) -> list[str]:
    return [one["snapshot"] for one in lab.document("backup.list")]


def test_a_full_repository_is_one_line_and_what_was_kept_is_whole(deployed: Lab) -> None:
    with small(deployed.folder / "small", "8m") as folder:
        deployed.environment(backup={"repository": str(folder / "repository")})
        deployed.invoke("backup").ok()
        before, filler = snapshots(deployed), fill(folder)

        said = deployed.invoke("backup")

        assert said.code == 16, said.out
        assert "no space left" in said.last
        assert not (deployed.var / "backups" / "local" / "staging").exists()
        filler.unlink()
        assert snapshots(deployed) == before
        deployed.invoke("backup").ok()
        deployed.invoke("backup.verify", "--read-data").ok()


def test_a_full_disk_of_prometheus_is_one_line_and_nothing_stays_on_it(lab: Lab) -> None:
    # Prometheus claims half a gigabyte for each file of samples that it begins.
    with small(lab.root, "1500m"), ended(lab):
        lab.invoke("deploy").ok()
        lab.invoke("backup").ok()
        before, filler = snapshots(lab), fill(lab.root)

        said = lab.invoke("backup")

        assert said.code == 14, said.out
        assert "no space left on device" in said.last
        assert list((lab.root / "data" / "prometheus" / "snapshots").iterdir()) == []
        filler.unlink()
        assert snapshots(lab) == before
        lab.invoke("backup").ok()
