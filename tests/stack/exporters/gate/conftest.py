"""A gate that listens, and knows one user, three programs and a deploy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import bcrypt
import pytest

from stack.exporters.gate.api import Gate

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "open sesame"
TOKENS = {name: f"{name}-" + "x" * 24 for name in ("read", "push", "silence", "deploy")}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Give the folder of an environment with the gate's file and secrets."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "current" / "gate").mkdir(parents=True)
    for name, token in TOKENS.items():
        (tmp_path / "secrets" / name).write_text(token + "\n")
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4))
    (tmp_path / "secrets" / "anna").write_bytes(hashed)
    tokens = [
        {"name": name, "scope": name, "file": f"../../secrets/{name}"} for name in TOKENS if name != "deploy"
    ]
    document = {"users": {"anna": "../../secrets/anna"}, "tokens": tokens}
    (tmp_path / "current" / "gate" / "gate.json").write_text(json.dumps(document))
    return tmp_path


@pytest.fixture
def gate(house: Path) -> Gate:
    return Gate(house / "current" / "gate" / "gate.json", house / "secrets" / "deploy")
