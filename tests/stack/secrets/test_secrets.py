"""Secrets: read before any is written, kept from other eyes, never told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.errors import SecretUnreadable
from stack.secrets import fingerprint, former, in_force, materialise, renew, rotated, taken, values

if TYPE_CHECKING:
    from pathlib import Path


def test_a_generated_secret_is_made_once(tmp_path: Path) -> None:
    assert materialise({"admin": "generated"}, tmp_path / "s") == ("admin",)
    first = values(tmp_path / "s")["admin"]

    assert materialise({"admin": "generated"}, tmp_path / "s") == ()
    assert values(tmp_path / "s") == {"admin": first}
    assert len(first) >= 24


def test_every_kind_of_reference_becomes_a_file_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TOKEN", "from-variable")
    (tmp_path / "token").write_text("from-file\n")
    folder = tmp_path / "s"
    materialise({"a": "env:A_TOKEN", "b": f"file:{tmp_path}/token", "c": "exec:printf from-command"}, folder)

    assert values(folder) == {"a": "from-variable", "b": "from-file", "c": "from-command"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:NOT_SET_ANYWHERE", "the variable NOT_SET_ANYWHERE is not set; export it"),
        ("file:/nowhere/token", "file /nowhere/token: No such file or directory"),
        ("exec:false", "its command ended with 1"),
        ("exec:no-such-program-here x", "cannot be run"),
        ("exec:printf ''", "gives an empty value"),
        ("exec:printf 'unclosed", "cannot be run"),
    ],
)
def test_an_unreadable_one_is_named_and_nothing_is_written(tmp_path: Path, reference: str, said: str) -> None:
    with pytest.raises(SecretUnreadable, match=said):
        materialise({"fine": "generated", "token": reference}, tmp_path / "s")

    assert not (tmp_path / "s").exists()


def test_a_failing_command_does_not_tell_what_it_printed(tmp_path: Path) -> None:
    command = "exec:sh -c 'echo hunter-two; exit 3'"
    with pytest.raises(SecretUnreadable) as caught:
        materialise({"token": command}, tmp_path)

    assert "hunter-two" not in str(caught.value).replace(command, "")


def test_a_rotated_source_is_seen_and_a_missing_one_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = {"token": "env:A_TOKEN", "made": "generated"}
    monkeypatch.setenv("A_TOKEN", "one")
    materialise(references, tmp_path)

    assert rotated(references, tmp_path) == ()
    monkeypatch.setenv("A_TOKEN", "two")
    assert rotated(references, tmp_path) == ("token",)
    monkeypatch.delenv("A_TOKEN")
    assert rotated(references, tmp_path) == ()


def test_a_fingerprint_follows_the_value_and_differs_between_folders(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        materialise({"token": "exec:printf same"}, tmp_path / folder)
    before = fingerprint("token", tmp_path / "one")

    assert before == fingerprint("token", tmp_path / "one")
    assert before != fingerprint("token", tmp_path / "two")
    materialise({"token": "exec:printf other"}, tmp_path / "one")
    assert before != fingerprint("token", tmp_path / "one")


def test_a_rotation_counts_until_it_was_taken_and_what_is_in_force_is_the_oldest_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = {"token": "env:A_TOKEN"}
    for value in ("one", "two", "three", "two"):
        monkeypatch.setenv("A_TOKEN", value)
        materialise(references, tmp_path)

    assert former("token", tmp_path) == ("one", "two", "three")
    assert (in_force("token", tmp_path), values(tmp_path)["token"]) == ("one", "two")
    assert rotated(references, tmp_path) == ("token",)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob(".former/*")} == {0o600}

    taken(["token"], tmp_path)
    assert rotated(references, tmp_path) == former("token", tmp_path) == ()
    assert in_force("token", tmp_path) == "two"
    assert in_force("another", tmp_path) is None


def test_a_generated_one_is_renewed_by_the_next_deploy_and_not_before(tmp_path: Path) -> None:
    references = {"made": "generated"}
    materialise(references, tmp_path)
    first = values(tmp_path)
    assert former("made", tmp_path) == ()

    renew("made", "another", tmp_path)
    assert values(tmp_path) == first
    assert rotated(references, tmp_path) == ("made",)
    assert materialise(references, tmp_path) == ("made",)
    assert values(tmp_path) == {"made": "another"}
    assert former("made", tmp_path) == (first["made"],)
    assert materialise(references, tmp_path) == ()
    assert list((tmp_path / ".next").iterdir()) == []


def test_a_cut_between_the_old_value_and_the_new_one_loses_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = {"made": "generated"}
    materialise(references, tmp_path)
    first = values(tmp_path)["made"]
    renew("made", "another", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("stack.secrets.write_atomically", lambda *_, **__: pytest.fail("cut off"))
        with pytest.raises(pytest.fail.Exception):
            materialise(references, tmp_path)

    assert in_force("made", tmp_path) == first
    assert materialise(references, tmp_path) == ("made",)
    assert former("made", tmp_path) == (first,)
