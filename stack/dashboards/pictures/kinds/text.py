"""What a panel says that asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from stack.dashboards.pictures.drawing import Kind
from stack.documents import dig

if TYPE_CHECKING:
    from stack.dashboards.pictures.drawing import Drawing

__all__ = ["KIND"]


def _draw(drawing: Drawing) -> Markup:
    body = drawing.panel.body
    content = dig(body, "options", "content") or body.get("content") or ""
    return Markup('<div class="text">{}</div>').format(str(content))


KIND = Kind(frozenset({"text"}), _draw)
