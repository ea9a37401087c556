"""What is sent to an engine is as it writes itself, and what is damaged is known before it is sent."""

from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack.errors import Refused
from stack.imaging.archive import stream, weight
from stack.imaging.proof import names_in_archive
from tests.stack.imaging.archives import RECIPE, as_the_engine, layers, ours

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_a_tar_archive_whose_parts_are_named_by_their_digests(tmp_path: Path) -> None:
    with tarfile.open(ours(tmp_path)) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or pytest.fail("no manifest"))[0]
        configuration = (tar.extractfile(manifest["Config"]) or pytest.fail("no configuration")).read()
        parts = [(tar.extractfile(name) or pytest.fail(name)).read() for name in manifest["Layers"]]
    document = json.loads(configuration)

    assert manifest["RepoTags"] == ["x/y:1"]
    assert manifest["Config"] == f"{hashlib.sha256(configuration).hexdigest()}.json"
    assert [f"sha256:{hashlib.sha256(part).hexdigest()}" for part in parts] == document["rootfs"]["diff_ids"]
    assert document["config"]["User"] == "65534:65534"
    assert document["config"]["Entrypoint"] == ["/bin/y"]
    assert document["config"]["Env"] == ["PATH=/bin"]
    assert document["config"]["Labels"] == {"a": "b"}
    assert len(document["history"]) == 2


def test_the_same_image_is_the_same_bytes(tmp_path: Path) -> None:
    made = layers(tmp_path)

    assert b"".join(stream(RECIPE, made)) == b"".join(stream(RECIPE, made))
    assert weight(made) == sum(layer.path.stat().st_size for layer in made)


def test_a_whole_one_tells_its_images(tmp_path: Path) -> None:
    assert names_in_archive(ours(tmp_path)) == ("x/y:1",)
    assert names_in_archive(as_the_engine(tmp_path)) == ("x/y:1", "x/z:2")


@given(share=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_that_is_cut_off_anywhere_is_refused(tmp_path: Path, share: float) -> None:
    data = ours(tmp_path).read_bytes()
    file = tmp_path / "cut.tar"
    file.write_bytes(data[: int(data.rindex(b"]") * share)])

    with pytest.raises(Refused, match=r"cut.tar is damaged or no archive of images: ") as raised:
        names_in_archive(file)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("what", [b"aaaaaaaa", b"yyyyyyyy", b"65534:65534"])
def test_one_with_a_changed_byte_is_refused(tmp_path: Path, what: bytes) -> None:
    data = bytearray(ours(tmp_path).read_bytes())
    data[data.index(what) + 3] ^= 1
    file = tmp_path / "changed.tar"
    file.write_bytes(data)

    with pytest.raises(Refused, match="is not what its digest says"):
        names_in_archive(file)


def test_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text"
    for content in (b"", b"hello", b"\x1f\x8b\x08", bytes(20_000)):
        file.write_bytes(content)
        with pytest.raises(Refused, match="is damaged or no archive of images"):
            names_in_archive(file)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.tar"
    with tarfile.open(file, "w") as tar:
        tar.add(__file__, "x.py")

    with pytest.raises(Refused, match=r"no archive of images: there is no .*manifest.json"):
        names_in_archive(file)
