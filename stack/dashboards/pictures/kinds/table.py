"""The series of this moment, a row each: their labels, and their value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from stack.dashboards.pictures.drawing import Kind
from stack.dashboards.pictures.room import more
from stack.documents import dig, mapping, mappings, strings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.dashboards.pictures.drawing import Curve, Drawing

__all__ = ["KIND"]

TABLE = Markup('<table class="rows"><tr>{}</tr>{}</table>{}')
NONE = Markup('<div class="said">{}</div>')
LINE = 22


def _draw(drawing: Drawing) -> Markup:
    rows = [_row(curve) for curve in drawing.curves]
    if not rows:
        return NONE.format(drawing.look.field.get("noValue") or "No data")
    names = _columns(drawing, list(dict.fromkeys(name for row in rows for name in row)))
    room = max(1, drawing.height // LINE - 2)
    heads = Markup().join(Markup("<th>{}</th>").format(shown) for _, shown in names)
    lines = Markup().join(_line(row, [name for name, _ in names]) for row in rows[:room])
    return TABLE.format(heads, lines, more(len(rows) - room))


def _row(curve: Curve) -> dict[str, Markup | str]:
    value = curve.series.points[-1][1]
    shade = curve.look.shade(value) if curve.look.custom("cellOptions", "type") == "color-text" else ""
    written = Markup('<span style="color:{}">{}</span>').format(shade or "inherit", curve.look.text(value))
    return {**curve.series.labels, "Value": written}


def _columns(drawing: Drawing, names: list[str]) -> list[tuple[str, str]]:
    """Give the columns in their order, and how each is headed, as the panel's transformations leave them."""
    shown = {name: name for name in names if not name.startswith("__")}
    for _, one in mappings(drawing.panel.body.get("transformations")):
        options = mapping(one.get("options"))
        if one.get("id") == "filterFieldsByName":
            wanted = [name for _, name in strings(dig(options, "include", "names"))]
            shown = {name: shown[name] for name in wanted if name in shown} if wanted else shown
        elif one.get("id") == "organize":
            shown = _organised(shown, options)
    return list(shown.items())


def _organised(shown: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, str]:
    hidden, order = mapping(options.get("excludeByName")), mapping(options.get("indexByName"))
    renamed = mapping(options.get("renameByName"))
    kept = [name for name in shown if not hidden.get(name)]
    places = {name: order[name] if isinstance(order.get(name), int) else len(order) for name in kept}
    return {name: str(renamed.get(name) or shown[name]) for name in sorted(kept, key=places.__getitem__)}


def _line(row: Mapping[str, Markup | str], names: Sequence[str]) -> Markup:
    cells = Markup().join(Markup("<td>{}</td>").format(row.get(name, "")) for name in names)
    return Markup("<tr>{}</tr>").format(cells)


KIND = Kind(frozenset({"table", "table-old"}), _draw)
