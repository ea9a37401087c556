"""Template files for Alertmanager: ours, and beside them those that a site brings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack.references import render_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.service import Stack

__all__ = ["OF_SITES", "OURS", "SINK", "notification_templates", "template_files"]

FOLDER = Path("stack/templates/notifications")
SHIPPED = Path(__file__).parents[1] / "templates" / "notifications"

OURS = "templates"
OF_SITES = "templates/site"
"""Folders below Alertmanager's configuration; read after ours, so that a site's definition wins."""

SINK = "sink"
"""The stem of the file that only serves our sink."""


def notification_templates(sites: Sequence[Path]) -> dict[str, Path]:
    """Find the template files of sites, `stack/templates/notifications/*.tmpl`; the last of a name wins."""
    return {path.stem: path for site in sites for path in sorted((site / FOLDER).glob("*.tmpl"))}


def template_files(stack: Stack) -> Mapping[str, bytes]:
    """Render the template files that a stack's notifications are made from, by path.

    Raises:
        DefinitionInvalid: one asks for a value that the environment does not have.
    """
    shipped = {path.stem: path for path in sorted(SHIPPED.glob("*.tmpl"))}
    if stack.environment.notifications == "real":
        del shipped[SINK]
    every = [(OURS, shipped), (OF_SITES, stack.templates)]
    return {
        f"{folder}/{stem}.tmpl": render_rules(path, stack.environment)
        for folder, paths in every
        for stem, path in paths.items()
    }
