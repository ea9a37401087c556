"""The folders of an environment: one link, flipped at once."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from stack.references import SECRETS
from stack.runtimes.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path


def test_the_link_is_flipped_from_one_release_to_the_next(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert layout.live_id() is None

    for name in ("one", "two"):
        (layout.releases / name).mkdir(parents=True)
        layout.flip(name)
        assert layout.live_id() == name
        assert layout.current.resolve() == layout.releases / name


def test_one_relative_path_leads_to_a_secret_from_configuration_and_working_folder(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    from_configuration = posixpath.normpath(layout.current / "alertmanager" / SECRETS / "hook")
    from_work = posixpath.normpath(layout.work("alertmanager") / SECRETS / "hook")

    assert from_configuration == from_work == str(layout.secrets / "hook")
