"""Grafana's part of a snapshot in one file: as Grafana's own tool lays it out, the same each time."""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from backups.manifest import NAME, Manifest
from backups.place import Place
from backups.repository import Repository
from pipelines.commands.backup import export
from pipelines.core.toolbox import Toolbox
from stack.emit import to_json
from stack.errors import NothingKept, Refused, RepositoryFailed
from tests.doubles.shelved import ID, OBJECTS, Shelved
from tests.pipelines.core.doubles import effects
from tests.tools import tools

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.core.effects import Effects

FILES = [
    "objects/datasources/mine.json",
    "resources/dashboards.v1beta1.dashboard.grafana.app/cash.json",
    "resources/dashboards.v1beta1.dashboard.grafana.app/open.json",
    "resources/folders.v1beta1.folder.grafana.app/shop.json",
    "resources/folders.v1beta1.folder.grafana.app/tills.json",
]


@pytest.fixture
def shelved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelved:
    """Give a snapshot with Grafana's part, in a repository that only seems to be there."""
    made = Shelved(tmp_path / "captured").captured()
    made.answers(monkeypatch)
    return made


def doors(folder: Path, program: Path = Path("restic"), **values: Any) -> Effects:
    """Give the effects of a run that has restic and no other program."""
    found = {"restic": SimpleNamespace(executables={"restic": program})}
    box = Toolbox(lambda *_: found, lambda _: None)  # type: ignore[arg-type] # all that is asked of one
    return replace(effects(folder, **values), toolbox=box)


def run(folder: Path, **values: Any) -> int:
    made = doors(folder, **values)
    with made.closing:
        return export.run(made)


def held(file: Path) -> dict[str, bytes]:
    """Read an archive, by the paths below its one folder."""
    with tarfile.open(file, "r:gz") as archive:
        entries = archive.getmembers()
        assert [one.name for one in entries] == sorted(one.name for one in entries)
        assert {(one.mtime, one.uid, one.gid, one.uname, one.gname) for one in entries} == {(0, 0, 0, "", "")}
        assert {one.name.split("/")[0] for one in entries} == {"grafana-local"}
        return {one.name.partition("/")[2]: _bytes(archive, one) for one in entries}


def _bytes(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    found = archive.extractfile(entry)
    assert found is not None
    return found.read()


def test_folders_and_dashboards_lie_as_grafana_s_own_tool_lays_them_and_all_else_beside(
    shelved: Shelved, tmp_path: Path
) -> None:
    assert run(tmp_path, out=str(tmp_path / "made" / "g.tar.gz")) == 0
    found = held(tmp_path / "made" / "g.tar.gz")

    assert sorted(found) == [NAME, *FILES]
    assert json.loads(found[FILES[1]]) == {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "cash", "namespace": "default", "annotations": {"grafana.app/folder": "tills"}},
        "spec": {"panels": []},
    }
    assert json.loads(found[FILES[2]])["metadata"] == {"name": "open", "namespace": "default"}
    assert "Öffnung".encode() in found[FILES[2]]
    assert json.loads(found[FILES[4]]) == {
        "apiVersion": "folder.grafana.app/v1beta1",
        "kind": "Folder",
        "metadata": {"name": "tills", "namespace": "default", "annotations": {"grafana.app/folder": "shop"}},
        "spec": {"title": "Tills"},
    }
    assert found[FILES[0]] == to_json(OBJECTS["datasources"][0])
    assert shelved.asked == [("dashboards",)]


def test_its_manifest_says_what_the_files_are_and_where_they_come_from(
    shelved: Shelved, tmp_path: Path
) -> None:
    run(tmp_path, out=str(tmp_path / "g.tar.gz"))
    found = held(tmp_path / "g.tar.gz")
    text = found.pop(NAME)
    told = Manifest.read(text, where="here")
    part = Manifest.read((shelved.folder / NAME).read_bytes(), where="there").parts["dashboards"]

    assert json.loads(text)["snapshot"] == ID
    assert (told.environment, told.release, told.programs) == ("local", "r1", {"grafana": "13"})
    assert told.parts.keys() == {"dashboards"}
    assert (told.parts["dashboards"].counts, told.parts["dashboards"].facts) == (part.counts, part.facts)
    assert {path: entry.sha256 for path, entry in told.parts["dashboards"].files.items()} == {
        path: hashlib.sha256(data).hexdigest() for path, data in found.items()
    }


@pytest.mark.usefixtures("shelved")
def test_it_is_the_same_each_time_for_its_owner_alone_and_nothing_stays(tmp_path: Path) -> None:
    first, second = tmp_path / "1.tar.gz", tmp_path / "2.tar.gz"
    second.write_text("of before")
    second.chmod(0o644)
    run(tmp_path, out=str(first))
    run(tmp_path, out=str(second), snapshot="abc")

    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[4:8] == bytes(4), "the time that gzip keeps"
    assert {path.stat().st_mode & 0o777 for path in (first, second)} == {0o600}
    assert not Place(tmp_path / "backups" / "local").fetched.exists()
    assert not list(tmp_path.glob(".*partial"))


@pytest.mark.usefixtures("shelved")
def test_it_says_what_it_has_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "g.tar.gz"
    run(tmp_path, out=str(file))
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"{file} has the 5 object(s) of Grafana in snapshot abcdef12: 0.0 MB, not encrypted"
    )

    made = doors(tmp_path, out=str(file), json=True)
    with made.closing:
        export.run(made)
    made.console.answer({})
    told = json.loads(capsys.readouterr().out)
    assert told["counts"]["dashboards"] == 2
    assert (told["snapshot"], told["file"], told["files"]) == (ID, str(file), FILES)
    assert (told["bytes"], told["sha256"]) == (
        len(file.read_bytes()),
        hashlib.sha256(file.read_bytes()).hexdigest(),
    )


def spoilt(path: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / "dashboards" / path).write_text('{"uid": "mine"}')


DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "another content": (spoilt("datasources/mine.json"), "dashboards/datasources/mine.json is not"),
    "one too many": (spoilt("datasources/new.json"), "dashboards/datasources/new.json is not"),
    "one too few": (
        lambda folder: (folder / "dashboards" / "datasources" / "mine.json").unlink(),
        "dashboards/datasources/mine.json is not",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_there_stays_where_the_snapshot_is_damaged(
    damage: str, shelved: Shelved, tmp_path: Path
) -> None:
    file = tmp_path / "g.tar.gz"
    file.write_text("of before")
    spoil, said = DAMAGES[damage]
    spoil(shelved.folder)
    with pytest.raises(RepositoryFailed, match=f"snapshot abcdef12: {said}"):
        run(tmp_path, out=str(file))

    assert file.read_text() == "of before"
    assert not Place(tmp_path / "backups" / "local").fetched.exists()


def test_a_snapshot_without_grafana_s_part_is_a_line_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Shelved(tmp_path / "captured").captured(whole=False)
    bare.answers(monkeypatch)
    with pytest.raises(NothingKept) as caught:
        run(tmp_path, out=str(tmp_path / "g.tar.gz"))

    assert caught.value.exit_code == 10
    assert str(caught.value) == "snapshot abcdef12 holds no dashboards; it holds metrics"
    assert bare.asked == []
    assert not (tmp_path / "g.tar.gz").exists()


@pytest.mark.parametrize(
    ("out", "said"), [("", "takes --out FILE"), (".", "takes a file, and . is a folder")]
)
def test_without_a_file_to_write_nothing_is_asked_of_the_repository(
    out: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=said):
        run(tmp_path, out=out)


@pytest.mark.integration
def test_a_real_repository_gives_back_what_was_stored(tmp_path: Path) -> None:
    program = tools("restic")["restic"]
    captured = Shelved(tmp_path / "captured").captured().folder
    made = doors(tmp_path, program=program, out=str(tmp_path / "g.tar.gz"))
    place = Place(tmp_path / "backups" / "local")
    environment = made.options.load().environment
    repository = Repository.of(environment, place, program, made.console.copying)
    repository.opened()
    saved = repository.save(captured)
    with made.closing:
        assert export.run(made) == 0
    found = held(tmp_path / "g.tar.gz")

    assert sorted(found) == [NAME, *FILES]
    assert json.loads(found[NAME])["snapshot"] == saved.id
    assert not place.fetched.exists()
    with pytest.raises(NothingKept, match="there is no snapshot 'zzz'"):
        run(tmp_path, program=program, out=str(tmp_path / "other"), snapshot="zzz")
