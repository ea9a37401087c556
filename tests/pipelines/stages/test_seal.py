"""What was stored is noted in the record of the run, so that later ones can tell of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from backups.manifest import NAME, Entry, Manifest, Part
from pipelines.core.kept import Captured
from pipelines.stages.seal import seal
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {
    "metrics": Part({"blocks": 1, "samples": 70}, files={"meta.json": Entry(7, "a")}),
    "alerting": Part({"silences": 0}, files={"silences": Entry(5, "b")}),
}


def test_size_growth_and_what_it_holds_are_noted(tmp_path: Path) -> None:
    made = Manifest("local", 5.0, "abc", {}, PARTS)
    saved = SimpleNamespace(id="f" * 64, files=3, size=12, added=9)
    shelf: Any = SimpleNamespace(repository=SimpleNamespace(save=lambda *_, **__: saved))
    doors = effects(tmp_path)
    stored = seal.run(Captured(shelf, tmp_path, made, "backup"), doors)

    assert Manifest.read((tmp_path / NAME).read_bytes(), where="here") == made == stored.manifest
    assert doors.journal.facts == {
        "snapshot": "f" * 64,
        "size": 12,
        "added": 9,
        "release": "abc",
        "objects": {"metrics": {"blocks": 1, "samples": 70}, "alerting": {"silences": 0}},
    }
