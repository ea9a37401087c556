"""What the native runtime keeps on disk, and what it makes of it; its processes: tests/contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.errors import NothingKept
from stack.runtimes.protocol import State
from stack.runtimes.record import Record
from stack.runtimes.shelf import KEEP
from stack.services.grafana import PASSWORD
from stack.tree import Tree
from tests.contracts.tiny import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from stack.runtimes.native import Native


def keep(native: Native, *names: str, proved: str = "") -> Record:
    """Put releases on disk, activated one after the other."""
    record = Record()
    for at, name in enumerate(names):
        Tree({"a": name.encode()}).write(native.layout.releases / name)
        record = record.begun(name, float(at)).ended()
        if name == proved:
            record = record.proven(float(at))
    record.write(native.layout.record)
    native.layout.flip(names[-1])
    return record


def names(native: Native) -> list[str]:
    return [name for name, _, _ in native.releases()]


def test_what_was_noted_for_another_release_is_an_activation_that_was_cut_off(native: Native) -> None:
    keep(native, "one", "two", proved="two")
    assert native.live().state is State.PROVED

    native.layout.flip("one")
    live = native.live()
    assert (live.release, live.state, live.activated_at) == ("one", State.ACTIVATING, 0.0)
    assert live.tree == Tree({"a": b"one"})


def test_proving_forgets_all_but_the_newest_and_never_what_is_live_or_was_proved(native: Native) -> None:
    many = [f"r{number:02}" for number in range(KEEP + 5)]
    keep(native, *many, proved="r00")
    native.prove("another")
    assert len(names(native)) == len(many)

    native.prove(many[-1])
    assert names(native) == many[: -KEEP - 1 : -1]
    assert native.live().state is State.PROVED
    assert sorted(Record.read(native.layout.record).activated) == sorted(names(native))


def test_the_release_that_was_proved_last_is_kept_however_old(native: Native) -> None:
    many = [f"r{number:02}" for number in range(KEEP + 5)]
    record = keep(native, *many)
    native.shelf._prune(Record(record.release, record.state, record.activated, {"r01": 1.0}))

    assert names(native) == [*many[: -KEEP - 1 : -1], "r01"]


@pytest.mark.parametrize("name", ["nope", "..", ".partial", "one/../one", "/", ""])
def test_only_a_kept_release_has_files(native: Native, name: str) -> None:
    keep(native, "one")
    (native.layout.releases / ".partial").mkdir()

    with pytest.raises(NothingKept, match="is not kept; kept are: one"):
        native.kept(name)
    assert native.kept("one") == Tree({"a": b"one"})
    assert names(native) == ["one"]


def test_the_door_to_grafana_takes_the_generated_password_and_shows_it_to_nobody(
    native: Native, ports: dict[str, int]
) -> None:
    release = tiny({**ports, "grafana": 3030}, {"alpha": "one"})
    assert native.door(release.stack, "grafana").auth is None
    native.layout.secrets.mkdir(parents=True)
    (native.layout.secrets / PASSWORD).write_text("made up")

    assert native.door(release.stack, "grafana").auth == ("admin", "made up")
    assert native.door(release.stack, "alpha").auth is None
    assert "made up" not in repr(native.door(release.stack, "grafana"))


def test_nothing_starts_from_a_link_without_a_configuration(native: Native, ports: dict[str, int]) -> None:
    keep(native, "one")

    with pytest.raises(NothingKept, match="run `invoke deploy`"):
        native.start(tiny(ports, {"alpha": "one"}).stack)


def test_destroying_leaves_only_what_was_asked_for(native: Native, tmp_path: Path) -> None:
    keep(native, "one")
    outside = tmp_path / "outside"
    outside.mkdir()
    (native.folder / "odd").symlink_to(outside)
    for folder in ("data/alpha", "secrets", "logs"):
        (native.folder / folder).mkdir(parents=True)

    native.destroy(keep_data=True)
    assert {path.name for path in native.folder.iterdir()} == {"data", "secrets"}
    native.destroy(keep_data=False)
    assert not native.folder.exists()
    assert outside.is_dir()
