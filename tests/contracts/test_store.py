"""What every runtime promises of the state of its services: it comes out whole, and goes back whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from stack.errors import EngineRefused, Refused
from tests.contracts.tiny import deploy
from tests.lab import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contracts.bench import Bench


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def tree(folder: Path, **content: str) -> Path:
    for name, text in content.items():
        (folder / "inner").mkdir(parents=True, exist_ok=True)
        (folder / "inner" / name).write_text(text)
    return folder


def test_what_is_put_in_comes_out_again_and_takes_the_place_of_what_was_there(
    bench: Bench, tmp_path: Path
) -> None:
    deploy(bench.runtime, bench.release())
    store = bench.runtime.store("alpha")
    before = store.names()

    store.put(tree(tmp_path / "one", a="1", b="2"), "deep/block")
    store.take("deep/block", tmp_path / "first")
    assert files(tmp_path / "first") == {"inner/a": b"1", "inner/b": b"2"}
    assert store.names("deep") == ("block",)
    assert store.digests("deep")["block/inner/a"] == hashlib.sha256(b"1").hexdigest()

    store.put(tree(tmp_path / "two", c="3"), "deep/block")
    store.put(tmp_path / "two" / "inner" / "c", "deep/file")
    store.move("deep/block", "moved/block")
    store.take("moved/block", tmp_path / "second")
    store.take("deep/file", tmp_path / "file")
    assert files(tmp_path / "second") == {"inner/c": b"3"}
    assert (tmp_path / "file").read_bytes() == b"3"
    assert store.names("deep") == ("file",)

    for folder in ("deep", "moved", "never"):
        store.remove(folder)
    assert store.names() == before
    assert store.names("deep") == ()


def test_a_path_that_leads_out_is_refused_and_what_is_missing_is_told(bench: Bench, tmp_path: Path) -> None:
    deploy(bench.runtime, bench.release())
    store = bench.runtime.store("alpha")

    with pytest.raises(Refused, match="leads out"):
        store.take("../../secrets", tmp_path / "stolen")
    with pytest.raises((OSError, EngineRefused), match="never"):
        store.take("never", tmp_path / "nothing")
    assert not list(tmp_path.glob("nothing*")) + list(tmp_path.glob(".nothing*"))


def test_a_service_is_stopped_for_a_moment_and_ready_behind_it(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime
    deploy(runtime, release)
    before = bench.pids(release)

    def fails() -> None:
        with runtime.stopped(release.stack, "alpha"):
            assert bench.states(release)[0] == ("stopped", False)
            message = "a failure meanwhile"
            raise ValueError(message)

    with pytest.raises(ValueError, match="a failure meanwhile"):
        fails()

    assert until(lambda: bench.states(release) == [("running", True)] * 2)
    after = bench.pids(release)
    assert after["beta"] == before["beta"]
    assert after["alpha"] not in {before["alpha"], None}


def test_a_release_from_elsewhere_is_kept_and_not_live(bench: Bench) -> None:
    release, runtime = bench.release(), bench.runtime
    deploy(runtime, release)
    other = bench.release({"alpha": "elsewhere", "beta": "one"})

    runtime.keep(other.id, other.tree)

    assert runtime.kept(other.id) == other.tree
    assert runtime.live().release == release.id
