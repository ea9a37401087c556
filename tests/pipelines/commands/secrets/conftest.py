"""Somebody at work on the secrets of an environment of a site: a key, a recipients' file, an editor."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.secrets import edit
from pipelines.core.options import Options
from stack.secrets.age import new_key, opened
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from pipelines.core.effects import Effects

TEXT = "# who is called\npager: made-up-pager-key  # of the team\nhook: 'https://hooks.example.com/made-up'\n"


@dataclass
class Desk:
    """A site with one environment, and whose turn it is."""

    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def vault(self) -> Path:
        return self.folder / "site" / "stack" / "environments" / "local.age"

    @property
    def text(self) -> str:
        return opened(self.vault)

    @property
    def draft(self) -> Path:
        return self.folder / "var" / "local" / "secrets.draft.age"

    def sit(self, name: str) -> str:
        """Let a person with a key of its own be at work, and give the public half."""
        private, public = new_key()
        path = self.folder / f"{name}.key"
        path.write_text(private)
        path.chmod(0o600)
        self.take(name)
        return public

    def take(self, name: str) -> None:
        self.patch.setenv("MONITORING_AGE_KEY_FILE", str(self.folder / f"{name}.key"))

    def doors(self, **values: Any) -> Effects:
        options = Options("local", (self.folder / "site",), values=values)
        return replace(effects(self.folder / "var"), options=options)

    def run(self, verb: ModuleType, **values: Any) -> int:
        doors = self.doors(**values)
        try:
            code: int = verb.run(doors)
            return code
        finally:
            doors.closing.close()

    def edit(self, program: str, **values: Any) -> int:
        """Edit with a Python program as the editor: `path` is what it edits."""
        lines = f"import sys, os, signal, pathlib; path = pathlib.Path(sys.argv[1])\n{program}"
        self.patch.setenv("EDITOR", shlex.join([sys.executable, "-c", lines]))
        return self.run(edit, **values)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("VISUAL", "MONITORING_AGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = Desk(tmp_path, monkeypatch)
    made.vault.parent.mkdir(parents=True)
    (made.vault.parent / "local.yaml").write_text("extends: local\n")
    made.vault.with_suffix(".recipients").write_text(f"# the team\n{made.sit('ada')}\n")
    return made


@pytest.fixture
def full(desk: Desk) -> Desk:
    assert desk.edit(f"path.write_text({TEXT!r})") == 0
    return desk
