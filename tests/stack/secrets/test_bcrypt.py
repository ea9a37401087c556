"""`bcrypt:SECRET`: a real hash of another secret, the same one until that has another value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import bcrypt
import pytest

from stack.environment import Environment
from stack.errors import SecretUnreadable
from stack.references import needed_secrets
from stack.secrets import materialise, rotated, values
from stack.service import Stack
from stack.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

REFERENCES = {"admin": "env:ADMIN", "admin_hash": "bcrypt:admin"}


@pytest.fixture(autouse=True)
def _admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN", "correct horse")


def hashed(folder: Path) -> str:
    materialise(REFERENCES, folder)
    return values(folder)["admin_hash"]


def test_it_is_the_hash_of_the_other_one(tmp_path: Path) -> None:
    made = hashed(tmp_path)

    assert re.fullmatch(r"\$2b\$10\$[./A-Za-z0-9]{53}", made)
    assert bcrypt.checkpw(b"correct horse", made.encode())
    assert not bcrypt.checkpw(b"correct horsf", made.encode())
    assert (tmp_path / "admin_hash").stat().st_mode & 0o777 == 0o600


def test_it_stays_while_the_other_one_does_and_is_not_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hashed(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(bcrypt, "hashpw", lambda *_: pytest.fail("it was made again"))
        assert hashed(tmp_path) == first
        assert rotated(REFERENCES, tmp_path) == ()

    monkeypatch.setenv("ADMIN", "battery staple")
    assert set(rotated(REFERENCES, tmp_path)) == {"admin", "admin_hash"}
    second = hashed(tmp_path)
    assert second[:29] != first[:29]
    assert bcrypt.checkpw(b"battery staple", second.encode())


def test_its_salt_differs_between_names_and_environments(tmp_path: Path) -> None:
    materialise({**REFERENCES, "twin_hash": "bcrypt:admin"}, tmp_path / "one")
    kept = values(tmp_path / "one")

    salts = {kept["admin_hash"][:29], kept["twin_hash"][:29], hashed(tmp_path / "two")[:29]}
    assert len(salts) == 3


@pytest.mark.parametrize("broken", ["", "$2b$10$", "plain"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, broken: str) -> None:
    first = hashed(tmp_path)
    (tmp_path / "admin_hash").write_text(broken or first[:40])

    assert hashed(tmp_path) == first


def test_a_longer_one_than_bcrypt_takes_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN", "é" * 37)
    with pytest.raises(SecretUnreadable, match="bcrypt takes 72 bytes at most, and admin has 74") as caught:
        materialise(REFERENCES, tmp_path / "s")

    assert "é" not in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_what_it_is_made_from_is_needed_too(tmp_path: Path) -> None:
    named = Environment(name="lab", secrets={**REFERENCES, "other": "env:OTHER"})
    stack = Stack(environment=named, services={}, defined={})

    assert needed_secrets(stack, Tree({"a/b": b"../../secrets/admin_hash"})) == REFERENCES


def test_where_the_other_one_cannot_be_read_that_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretUnreadable, match="secret admin: the environment has no such secret"):
        materialise({"admin_hash": "bcrypt:admin"}, tmp_path)
