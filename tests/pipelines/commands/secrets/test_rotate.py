"""`secrets.rotate` and `secrets.init`: another value where that is ours to make, else where it is made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from pipelines.commands.secrets import _known, init, rotate
from pipelines.commands.secrets._vault import replaced
from stack.errors import Refused
from stack.secrets import materialise, rotated, values
from stack.secrets.age import opened
from tests.pipelines.commands.secrets.conftest import TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.commands.secrets.conftest import Desk

REFERENCES = {
    "made": "generated",
    "pager": "age:pager",
    "lost": "age:lost",
    "made_hash": "bcrypt:made",
    "token": "env:TOKEN",
    "certificate": "file:/etc/cert.pem",
    "vaulted": "exec:vault read x",
}


@pytest.fixture(autouse=True)
def _known_here(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [_known.Known(name, where, "in use", "", 0.0, ()) for name, where in REFERENCES.items()]
    monkeypatch.setattr(_known, "known", lambda _: listed)


def test_a_generated_one_waits_for_the_next_deploy(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    folder = desk.doors().folder / "secrets"
    materialise({"made": "generated"}, folder)
    before = values(folder)
    assert desk.run(rotate, name="made") == 0

    assert values(folder) == before
    assert rotated({"made": "generated"}, folder) == ("made",)
    materialise({"made": "generated"}, folder)
    after = values(folder)["made"]
    assert after != before["made"]
    assert len(after) == 32
    said = capsys.readouterr().out
    assert said == "made has another value; next: invoke deploy brings it to whoever reads it\n"


def test_one_of_the_age_file_is_replaced_there_and_nothing_else_is(full: Desk) -> None:
    assert full.run(rotate, name="pager") == 0

    new = yaml.safe_load(full.text)["pager"]
    assert re.fullmatch(r"[\w-]{32}", new)
    assert full.text == TEXT.replace("made-up-pager-key", f'"{new}"')


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a: old\nb: c", 'a: "new"\nb: c'),
        ("a: |\n  old\n  lines\nb: c\n", 'a: "new"\nb: c\n'),
        ("{a: 'old', b: c}", '{a: "new", b: c}'),
        ("a: old", 'a: "new"'),
        ('b: "é"\na: >-\n  old\n\n# end\n', 'b: "é"\na: "new"\n# end\n'),
    ],
)
def test_a_value_is_replaced_however_it_is_written(text: str, after: str) -> None:
    found = replaced(text, "a", "new")

    assert yaml.safe_load(found) == {**yaml.safe_load(text), "a": "new"}
    assert found.replace("\n\n", "\n") == after


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("token", "token comes from env:TOKEN, which is not ours", "give the variable TOKEN of whoever"),
        ("certificate", "certificate comes from file:/etc", "write another value into /etc/cert.pem, then"),
        ("vaulted", "vaulted comes from exec:vault read x", "rotate it where `vault read x` has it from"),
        ("made_hash", "made_hash comes from bcrypt:made", "rotate made, of which it is the hash, then"),
        ("lost", "local.age has no 'lost'", "add it with `invoke secrets.edit`"),
        ("made", "made has no value yet that could be another", "the first deploy makes it"),
        ("tokn", "there is no secret 'tokn' here", "did you mean 'token'?"),
        ("", "which secret?", "known: certificate, lost, made"),
    ],
)
def test_where_it_is_not_ours_to_make_it_says_who_can(full: Desk, name: str, message: str, hint: str) -> None:
    before = full.vault.read_bytes()
    with pytest.raises(Refused) as caught:
        full.run(rotate, name=name)

    assert message in str(caught.value)
    assert hint in caught.value.advice
    assert full.vault.read_bytes() == before


def test_who_has_no_key_gets_one_and_is_named_once(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = desk.vault.with_suffix(".recipients")
    place.unlink()
    desk.patch.delenv("MONITORING_AGE_KEY_FILE")
    desk.patch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for _ in range(2):
        assert desk.run(init) == 0

    key = tmp_path / "config" / "monitoring" / "age.key"
    assert key.stat().st_mode & 0o777 == 0o600
    private = key.read_text().splitlines()[1]
    assert private.startswith("AGE-SECRET-KEY-1")
    assert private not in capsys.readouterr().out
    comment, public = place.read_text().splitlines()
    assert (comment[0], public[:4]) == ("#", "age1")
    desk.edit("path.write_text('a: b')")
    assert opened(desk.vault) == "a: b"


def test_who_comes_later_is_told_whom_to_ask(full: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    full.patch.setenv("MONITORING_AGE_KEY_FILE", str(full.folder / "eve.key"))
    full.run(init)

    assert "let somebody who can read the file run invoke secrets.edit --anew" in capsys.readouterr().out
    full.take("ada")
    full.edit("", anew=True)
    full.take("eve")
    assert full.text == TEXT


def test_a_key_in_a_variable_is_enough(full: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITORING_AGE_KEY", (full.folder / "ada.key").read_text())
    monkeypatch.setenv("MONITORING_AGE_KEY_FILE", "/nowhere")

    assert full.text == TEXT
