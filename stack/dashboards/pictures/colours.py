"""The colours that Grafana's models name, as they are on a light page.

Source: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/themes/createVisualizationColors.ts
"""

from __future__ import annotations

import re

__all__ = ["colour", "palette"]

HUES = {
    "red": ("#F2495C", "#E02F44", "#C4162A"),
    "orange": ("#FF9830", "#FF780A", "#FA6400"),
    "yellow": ("#FADE2A", "#F2CC0C", "#E0B400"),
    "green": ("#73BF69", "#56A64B", "#37872D"),
    "blue": ("#5794F2", "#3274D9", "#1F60C4"),
    "purple": ("#B877D9", "#A352CC", "#8F3BB8"),
}
"""Each hue as it is lighter, as its plain name means it, and darker."""

SHADES = {"super-light": 0, "light": 0, "": 1, "semi-dark": 2, "dark": 2}
NAMED = re.compile(r"(?:(super-light|light|semi-dark|dark)-)?(red|orange|yellow|green|blue|purple)")
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
RGB = re.compile(r"rgba?\((\d+),(\d+),(\d+)(?:,[\d.]+)?\)")
GREY = "#8E8E8E"

PALETTE = (
    "#56A64B", "#3274D9", "#F2CC0C", "#FF780A", "#A352CC", "#1FA2B8", "#E02F44", "#37872D", "#8AB8FF",
    "#C15C17", "#8F3BB8", "#6D7A8C",
)  # fmt: skip


def colour(name: object) -> str:
    """Give a colour that a model names, `dark-red` or `#C4162A`, as hex; grey for what nobody knows."""
    text = str(name).replace(" ", "")
    if found := NAMED.fullmatch(text):
        return HUES[found[2]][SHADES[found[1] or ""]]
    if HEX.fullmatch(text):
        return text
    if found := RGB.fullmatch(text):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups())
    return GREY


def palette(place: int) -> str:
    """Give the colour of the series at a place, counted from 0."""
    return PALETTE[place % len(PALETTE)]
