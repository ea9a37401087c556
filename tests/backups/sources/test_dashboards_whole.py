"""Whatever a Grafana holds is captured alike from where it was brought back to; a damaged copy is told."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from backups.source import Tools
from backups.sources.dashboards import SOURCE
from stack.emit import to_json
from tests.backups.grafana_lab import Lab, filled, send
from tests.doubles.grafana_site import client

UIDS = some.text("abcXYZ019_-", min_size=1, max_size=40).filter(
    lambda uid: uid not in {"general", "monitoring"}
)
WORDS = some.text(some.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
TITLES = WORDS.filter(lambda text: text.strip())
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | WORDS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@some.composite
def grafanas(draw: some.DrawFn) -> dict[str, Any]:
    """Make up folders in folders, and dashboards, teams, templates and annotations."""
    folders: list[dict[str, str]] = []
    for uid in draw(some.lists(UIDS, unique=True, max_size=4)):
        parents = ["", *(folder["uid"] for folder in folders)]
        folders.append({"uid": uid, "title": f"{uid} F", "parentUid": draw(some.sampled_from(parents))})
    places = some.sampled_from(["", *(folder["uid"] for folder in folders)])
    return {
        "folders": folders,
        "dashboards": [
            ({"uid": uid, "title": f"{draw(TITLES)} {uid}", "panels": draw(VALUES)}, draw(places))
            for uid in draw(some.lists(UIDS, unique=True, max_size=4))
        ],
        "teams": draw(some.lists(WORDS, unique=True, max_size=3)),
        "annotations": draw(some.lists(some.tuples(some.integers(1, 2**41), WORDS), max_size=4)),
    }


@given(made=grafanas())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_brought_back_is_captured_as_the_same_files(made: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        with lab.site("one").served() as server:
            for document in made["folders"]:
                send(server, "POST", "/api/folders", document)
            for board, place in made["dashboards"]:
                client(server).save(board, folder=place)
            for name in made["teams"]:
                send(server, "POST", "/api/teams", {"name": name})
            for moment, text in made["annotations"]:
                send(server, "POST", "/api/annotations", {"time": moment, "text": text})
            first = lab.captured(server)
        with lab.site("two").served() as server:
            lab.restored(server)
            second = lab.captured(server, "again")
        assert (second.counts, second.files) == (first.counts, first.files)
        assert lab.damages(first) == []


def test_any_name_makes_a_file_of_its_own(tmp_path: Path) -> None:
    lab, names = Lab(tmp_path), {"a~2", "a+2", "a/b", "..", ".", "%2E", "ü" * 90, "ü" * 91}
    with lab.site("one").served() as server:
        for name in sorted(names):
            send(server, "POST", "/api/teams", {"name": name})
        part = lab.captured(server)
    assert lab.damages(part) == []
    files = [json.loads(path.read_text()) for path in (tmp_path / "snapshot" / "teams").iterdir()]
    assert {document["name"] for document in files} == names


def test_damage_is_found_and_what_was_seen_to_be_whole_is_not_read_again(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    with lab.site("one").served() as server:
        filled(server)
        part = lab.captured(server)
    snapshot = tmp_path / "snapshot"
    (snapshot / "dashboards" / "inner" / "mine.json").unlink()
    (snapshot / "dashboards" / "general" / "top.json").write_text("{")
    (snapshot / "teams" / "on%20call%2F1.json").write_text("[]")
    shutil.copy(snapshot / "folders" / "outer.json", snapshot / "folders" / "inner.json")
    (snapshot / "templates" / "own.json").write_text("{}")
    (snapshot / "stray.json").write_text("{}")
    point = json.loads((snapshot / "contact_points" / "chat.json").read_text())
    point["settings"]["url"] = "[REDACTED]"
    (snapshot / "contact_points" / "chat.json").write_bytes(to_json(point))
    found = "\n".join(lab.damages(part))
    for said in (
        "dashboards/general/top.json is no JSON",
        "teams/on%20call%2F1.json holds no object",
        "folders/inner.json is the file of another object: outer",
        "templates/own.json lacks what names it",
        "stray.json belongs to no kind",
        "contact_points/chat.json: settings.url is [REDACTED]",
        "dashboards: there are 1 files, and the server listed 2",
    ):
        assert said in found
    assert len(found.splitlines()) == 7
    whole = list(SOURCE.check(snapshot, part, Tools({}, lab.said.append), part.files))
    assert whole == [
        "stray.json belongs to no kind of object",
        "dashboards: there are 1 files, and the server listed 2",
    ]


def test_a_word_that_people_have_written_is_no_damage(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    with lab.site("one").served() as server:
        client(server).save({"uid": "a", "title": "A", "panels": [{"content": "shown as [REDACTED]"}]})
        assert lab.damages(lab.captured(server)) == []
