"""A program's layer has its commands where the official image has them, and what lies beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.binaries import Binary
from stack.images import image
from stack.imaging.layer import executable, link
from stack.imaging.program import program_files
from stack.sources._templates import BESIDE, FOLDER, relocate

if TYPE_CHECKING:
    from pathlib import Path

COMPILED_IN = b"\0".join(f"/{FOLDER}{rest}".encode() for rest in ("", "/ui", "/no-ui"))


def put(folder: Path, **files: bytes) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o755)
    return {name: folder / name for name in files}


def test_commands_lie_on_path_under_the_project_s_own_names(tmp_path: Path) -> None:
    paths = put(tmp_path, prometheus=b"p", promtool=b"t")
    found = program_files(Binary("prometheus", "3", "path", paths), image("prometheus"))

    assert found == {f"usr/bin/{name}": executable(path) for name, path in paths.items()}


def test_a_path_of_the_official_image_s_own_is_there_as_well(tmp_path: Path) -> None:
    paths = put(tmp_path, redis_exporter=b"r")
    found = program_files(Binary("redis_exporter", "1", "path", paths), image("redis_exporter"))

    assert found["redis_exporter"] == link("/usr/bin/redis_exporter")


def test_debian_s_alertmanager_reads_its_templates_where_they_were_compiled_in(tmp_path: Path) -> None:
    paths = put(tmp_path / "usr/bin", alertmanager=relocate(COMPILED_IN), amtool=b"t")
    put(tmp_path / FOLDER, **{"default.tmpl": b"{{ define }}"})
    binary = Binary("alertmanager", "0.33", "debian", paths, {BESIDE: tmp_path / FOLDER})
    found = program_files(binary, image("alertmanager"))

    assert found["usr/bin/alertmanager"] == executable(COMPILED_IN)
    assert f"{FOLDER}/default.tmpl" in found


def test_pages_of_a_package_lie_where_its_program_looks_for_them(tmp_path: Path) -> None:
    paths = put(tmp_path / "usr/bin", pushgateway=b"p")
    put(tmp_path / "usr/share/prometheus/pushgateway", **{"template.html": b"<html>"})
    put(tmp_path / "usr/share/doc/pushgateway", README=b"read me")
    found = program_files(Binary("pushgateway", "1", "debian", paths), image("pushgateway"))

    assert set(found) == {
        "usr/bin/pushgateway",
        "usr/share/prometheus/pushgateway/template.html",
    }


def test_a_program_with_a_home_brings_all_of_it(tmp_path: Path) -> None:
    paths = put(tmp_path / "grafana-13/bin", grafana=b"g")
    put(tmp_path / "grafana-13/public", **{"index.html": b"<html>"})
    found = program_files(Binary("grafana", "13", "upstream", paths), image("grafana"))

    assert set(found) == {
        "usr/share/grafana/bin/grafana",
        "usr/share/grafana/public/index.html",
        "usr/bin/grafana",
    }
    assert found["usr/bin/grafana"] == link("/usr/share/grafana/bin/grafana")
