from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stack.errors import StackError
from stack.exporters.gate.settings import digest, read

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_is_kept_as_its_digest_alone(house: Path) -> None:
    made = read(house / "current/gate/gate.json", house / "secrets/deploy")

    assert made.tokens[digest((house / "secrets/push").read_text().strip())] == "push"
    assert sorted(made.tokens.values()) == ["deploy", "push", "read", "silence"]
    assert "xxxx" not in repr(made)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("current/gate/gate.json", "no json", "gate.json: Expecting value"),
        ("current/gate/gate.json", "[]", "`users` and `tokens`"),
        ("secrets/push", "short", "token 'push' in push is shorter than 20 characters: it could be guessed"),
        ("secrets/deploy", "", "the deploy token in deploy is shorter"),
        ("secrets/anna", "open sesame", "the secret of user 'anna', anna, is no bcrypt hash"),
        ("secrets/anna", None, "cannot read .*/secrets/anna: No such file"),
        ("secrets/deploy", None, "cannot read .*/secrets/deploy: No such file"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_without_the_secret(
    house: Path, file: str, content: str | None, said: str
) -> None:
    if content is None:
        (house / file).unlink()
    else:
        (house / file).write_text(content)

    with pytest.raises(StackError, match=said) as raised:
        read(house / "current/gate/gate.json", house / "secrets/deploy")
    assert "open sesame" not in str(raised.value)


@pytest.mark.parametrize("token", [{"name": "a", "scope": "deploy", "file": "b"}, {"name": "a"}, "a"])
def test_no_program_is_given_the_scope_of_a_deploy(house: Path, token: Any) -> None:
    path = house / "current/gate/gate.json"
    path.write_text(json.dumps({"users": {}, "tokens": [token]}))

    with pytest.raises(StackError, match="`scope` of push, read, silence"):
        read(path, house / "secrets/deploy")
