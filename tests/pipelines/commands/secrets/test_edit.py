"""`secrets.edit`: what is saved is sealed, what cannot be taken is kept, and no plain text stays behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.secrets._editor import FOLDER, MEMORY
from stack.errors import Refused
from stack.secrets import materialise, values
from stack.secrets.age import opened, recipients, sealed
from stack.secrets.kinds.age import placed
from tests.pipelines.commands.secrets.conftest import TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.commands.secrets.conftest import Desk

ADD = "path.write_text(path.read_text() + 'more: made-up-too\\n')"


@pytest.fixture(autouse=True)
def _nothing_stays_in_plain_text(tmp_path: Path) -> Any:
    yield
    assert list(MEMORY.glob(f"{FOLDER}{os.getpid()}-*")) == []
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"made-up" not in path.read_bytes(), path


def test_what_is_saved_can_be_read_back_and_deployed(full: Desk, tmp_path: Path) -> None:
    assert full.text == TEXT
    assert full.vault.read_text().startswith("-----BEGIN AGE ENCRYPTED FILE-----\n")
    references = {"a": placed("age:pager", full.vault), "b": placed("age:hook", full.vault)}
    materialise(references, tmp_path / "s")
    kept = values(tmp_path / "s")
    for name in kept:
        (tmp_path / "s" / name).unlink()
    assert kept == {"a": "made-up-pager-key", "b": "https://hooks.example.com/made-up"}


def test_the_editor_finds_a_file_for_its_owner_alone_in_memory(desk: Desk) -> None:
    program = "path.write_text(f'seen: \"{path.parent} {path.stat().st_mode & 0o777:o} "
    program += "{path.parent.stat().st_mode & 0o777:o}\"\\n')"
    desk.edit(program)

    assert re.fullmatch(rf'seen: "{MEMORY}/{FOLDER}\S+ 600 700"\n', desk.text)


def test_where_nothing_is_another_nothing_is_written(full: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = full.vault.read_bytes()
    assert full.edit("path.write_text(path.read_text())") == 0

    assert full.vault.read_bytes() == before
    assert capsys.readouterr().out.splitlines()[-1].endswith("local.age stays as it was")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pager: [made-up", r"local.age:\d+:\d+: is no valid YAML"),
        ("pager: 4711", "local.age:1:8: pager: must be text; put quotes around it"),
        ("pager: a\npager: b", "local.age:2:1: pager: duplicate key, first on line 1"),
        ("pager: ''", "local.age:1:8: pager: must not be empty"),
        ("two words: a", "local.age:1:1: two words: is no name"),
        ("just made-up text", "local.age:1:1: must hold names and values at its top"),
        ("- made-up", "local.age:1:1: must hold names and values at its top"),
    ],
)
def test_what_cannot_be_taken_is_kept_sealed_and_the_next_edit_goes_on_with_it(
    full: Desk, text: str, said: str
) -> None:
    before = full.vault.read_bytes()
    with pytest.raises(Refused, match=said) as caught:
        full.edit(f"path.write_text({text!r})")

    assert str(caught.value).endswith("; nothing was changed")
    assert "made-up" not in str(caught.value)
    assert full.vault.read_bytes() == before
    full.edit(f"assert path.read_text() == {text!r}; path.write_text('pager: mended')")
    assert full.text == "pager: mended"
    assert not full.draft.exists()


def test_a_killed_editor_loses_nothing(full: Desk) -> None:
    with pytest.raises(Refused, match="the editor ended with -9; nothing was changed") as caught:
        full.edit(f"{ADD}; os.kill(os.getpid(), signal.SIGKILL)")
    assert caught.value.advice == "`invoke secrets.edit` goes on with your text, --fresh forgets it"
    assert full.text == TEXT

    full.edit("pass")
    assert full.text == f"{TEXT}more: made-up-too\n"


def test_an_editor_that_is_left_without_a_change_leaves_no_draft(full: Desk) -> None:
    with pytest.raises(Refused, match="the editor ended with 1; nothing was changed"):
        full.edit("sys.exit(1)")
    assert not full.draft.exists()


def test_a_draft_can_be_forgotten(full: Desk) -> None:
    with pytest.raises(Refused):
        full.edit("path.write_text('- made-up')")
    full.edit(ADD, fresh=True)

    assert full.text == f"{TEXT}more: made-up-too\n"
    assert not full.draft.exists()


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten_unseen(full: Desk) -> None:
    theirs = full.folder / "theirs.age"
    theirs.write_bytes(sealed("pager: made-up-by-them\n", recipients(full.vault)))
    with pytest.raises(Refused, match="somebody else has changed it meanwhile; nothing was changed"):
        full.edit(f"{ADD}; pathlib.Path({str(theirs)!r}).rename({str(full.vault)!r})")
    assert full.text == "pager: made-up-by-them\n"

    full.edit("pass")
    first, second, *rest = full.text.splitlines()
    assert first.startswith("# Somebody else has changed the file to this")
    assert second == "# pager: made-up-by-them"
    assert "\n".join(rest) == f"{TEXT}more: made-up-too"


def test_what_is_damaged_meanwhile_leaves_the_own_text_alone(full: Desk) -> None:
    with pytest.raises(Refused, match="somebody else has changed it meanwhile"):
        full.edit(f"{ADD}; pathlib.Path({str(full.vault)!r}).write_text('theirs')")

    assert full.vault.read_text() == "theirs"
    assert opened(full.draft) == f"{TEXT}more: made-up-too\n"


def test_whoever_is_no_recipient_cannot_edit_until_it_is_sealed_anew(full: Desk) -> None:
    public = full.sit("bob")
    with pytest.raises(Refused, match=r"local\.age: none of your age keys opens it"):
        full.edit("pass")

    place = full.vault.with_suffix(".recipients")
    place.write_text(f"{place.read_text()}{public}\n")
    full.take("ada")
    assert full.edit("sys.exit('not asked')", anew=True) == 0
    full.take("bob")
    assert full.text == TEXT


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        (None, "local.recipients, which names who may read it, is not there"),
        ("# nobody\n", "local.recipients names nobody"),
        ("# a\nage1nonsense\n", "local.recipients:2: is no public key of age"),
    ],
)
def test_before_the_editor_opens_it_is_known_who_may_read_it(
    desk: Desk, recipients: str | None, said: str
) -> None:
    place = desk.vault.with_suffix(".recipients")
    place.write_text(recipients) if recipients else place.unlink()
    with pytest.raises(Refused, match=said):
        desk.edit("sys.exit('not asked')")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("AGE-SECRET-KEY-1NONSENSE", "is no age key"),
        ("# empty", "holds no age key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "is no age key"),
        (None, "there is no age key: .*No such file or directory"),
    ],
)
def test_a_key_that_is_none_is_told_without_its_text(full: Desk, damage: str | None, said: str) -> None:
    key = full.folder / "ada.key"
    key.write_text(damage) if damage else key.unlink()
    with pytest.raises(Refused, match=said) as caught:
        full.edit("pass")
    assert "NONSENSE" not in str(caught.value)


def test_a_key_that_others_may_read_is_refused(full: Desk) -> None:
    (full.folder / "ada.key").chmod(0o640)
    with pytest.raises(Refused, match=r"others may read your age key: chmod 600 \S+/ada.key"):
        full.edit("pass")


@pytest.mark.parametrize("keep", [0, 200])
def test_a_damaged_file_is_told(full: Desk, keep: int) -> None:
    full.vault.write_bytes(full.vault.read_bytes()[:keep])
    with pytest.raises(Refused, match=r"local\.age: is damaged, or no age file; take it from git again"):
        full.edit("pass")


def test_a_key_of_ssh_opens_it_too(desk: Desk) -> None:
    key = desk.folder / "ada.key"
    key.unlink()
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada@desk", "-f", str(key)]
    subprocess.run(words, check=True)
    desk.vault.with_suffix(".recipients").write_text(key.with_suffix(".key.pub").read_text())
    desk.edit("path.write_text('a: made-up')")

    assert desk.text == "a: made-up"


def test_plain_text_of_a_run_that_was_killed_is_removed_by_the_next(full: Desk) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = MEMORY / f"{FOLDER}{dead.pid}-x"
    left.mkdir()
    full.edit("pass")

    assert not left.exists()


def test_a_run_that_is_told_to_end_keeps_what_was_saved(full: Desk) -> None:
    with pytest.raises(Refused, match=f"the editor ended with {128 + signal.SIGTERM}; nothing was changed"):
        full.edit(f"import time; {ADD}; os.kill(os.getppid(), signal.SIGTERM); time.sleep(60)")

    assert full.text == TEXT
    full.edit("pass")
    assert full.text == f"{TEXT}more: made-up-too\n"
