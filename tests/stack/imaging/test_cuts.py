"""An engine that goes away in the middle, a disk that fails: no image and no file is half there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from stack import images
from stack.clients import docker
from stack.errors import EngineUnreachable
from stack.imaging.archive import stream
from stack.imaging.building import Builder
from stack.imaging.carrying import carry_in, carry_out
from stack.imaging.shelf import held
from tests.doubles.cut_engine import SOCKET, CutEngine
from tests.stack.imaging.archives import RECIPE, layers
from tests.stack.imaging.test_building import made

if TYPE_CHECKING:
    from pathlib import Path

    from stack.environment import Environment

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        bool(os.environ.get("DOCKER_HOST")) or not os.path.exists(SOCKET),  # noqa: PTH110
        reason="only the machine's own engine can be cut off",
    ),
]


def test_an_image_that_is_cut_off_on_its_way_is_not_there(
    builder: Builder, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = made("pushgateway", builder, environment)
    builder.engine.images.remove(done.reference, force=True)
    with CutEngine(sent=2_000_000) as cut:
        monkeypatch.setenv("DOCKER_HOST", cut.address)
        with pytest.raises(EngineUnreachable, match=cut.address):
            made("pushgateway", Builder(docker.engine(), builder.place), environment)
    monkeypatch.delenv("DOCKER_HOST")

    assert held(builder.engine, done.reference) is None
    assert made("pushgateway", builder, environment).fresh


def test_a_file_that_is_cut_off_on_its_way_is_not_written(
    builder: Builder, environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = made("pushgateway", builder, environment).reference
    file = tmp_path / "images.tar"
    file.write_bytes(b"older")
    with CutEngine(answered=2_000_000) as cut:
        monkeypatch.setenv("DOCKER_HOST", cut.address)
        with pytest.raises(EngineUnreachable, match="it hung up"):
            carry_out(docker.engine(), [name], file, lambda *_: None)

    assert file.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["images.tar"]


def test_a_layer_that_cannot_be_read_to_its_end_leaves_no_image(
    builder: Builder, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = made("node_exporter", builder, environment)
    builder.engine.images.remove(done.reference, force=True)

    def failing(*some: Any) -> Any:
        for number, chunk in enumerate(stream(*some)):
            if number == 4:
                raise OSError(5, "Input/output error")
            yield chunk

    monkeypatch.setattr("stack.imaging.shelf.stream", failing)
    with pytest.raises(OSError, match="Input/output error"):
        made("node_exporter", builder, environment)
    assert held(builder.engine, done.reference) is None
    assert not list(builder.place.cache.glob(".unpack-*"))


def test_an_archive_is_loaded_over_a_way_that_is_cut_and_then_whole(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    name = f"{images.OURS}/tiny:1"
    file = tmp_path / "tiny.tar"
    file.write_bytes(b"".join(stream(replace(RECIPE, reference=name), layers(tmp_path))))
    with CutEngine(sent=9_000) as cut:
        monkeypatch.setenv("DOCKER_HOST", cut.address)
        with pytest.raises(EngineUnreachable):
            carry_in(docker.engine(), file, lambda *_: None)
    monkeypatch.delenv("DOCKER_HOST")
    assert held(builder.engine, name) is None

    assert carry_in(builder.engine, file, lambda *_: None) == (name,)
    found = held(builder.engine, name)
    assert found
    assert not found.built
