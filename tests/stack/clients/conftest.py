"""A machine whose systemd only notes what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients import systemd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTE = """\
#!/bin/sh
echo "$(basename "$0") $*" >> "{log}"
case " $* " in *" {fails} "*) echo no >&2; exit 1;; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Be root or another user on a machine whose systemd only notes what it is told."""

    def build(*, root: bool = False, fails: str = "nothing") -> Path:
        folder, log = tmp_path / "bin", tmp_path / "said"
        folder.mkdir()
        for name in ("systemctl", "loginctl"):
            (folder / name).write_text(NOTE.format(log=log, fails=fails))
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.setattr(systemd, "SYSTEM", tmp_path / "system")
        monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
        return log

    return build
