"""What a panel says of the look of its values: unit, thresholds, words and colours for some of them.

Sources: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/ and
https://grafana.com/docs/grafana/latest/panels-visualizations/configure-value-mappings/
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.dashboards.pictures.colours import colour
from stack.dashboards.pictures.units import written
from stack.documents import dig, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.dashboards.panels import Panel

__all__ = ["Look"]


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a panel's values.

    Args:
        field: the standard options: `unit`, `decimals`, `thresholds`, `mappings`, `custom`.
        panel: the panel that they are of.
    """

    field: Mapping[str, Any]
    panel: Panel

    @classmethod
    def of(cls, panel: Panel) -> Look:
        """Give the look that a panel's values have as a rule."""
        return cls(mapping(dig(panel.body, "fieldConfig", "defaults")), panel)

    def called(self, name: str, letter: str = "") -> Look:
        """Give the look of one series or column: overrides by its name or its query may say otherwise."""
        own = dict(self.field)
        for _, override in mappings(dig(self.panel.body, "fieldConfig", "overrides")):
            if _matches(mapping(override.get("matcher")), name, letter):
                own |= {
                    str(one.get("id")): one.get("value") for _, one in mappings(override.get("properties"))
                }
        return Look(own, self.panel)

    @property
    def unit(self) -> str:
        """Its unit as Grafana names it."""
        return str(self.field.get("unit") or "")

    @property
    def decimals(self) -> int | None:
        """Digits behind the point, where the panel says how many."""
        found = self.field.get("decimals")
        return found if isinstance(found, int) else None

    def custom(self, *keys: str) -> Any:  # a model holds anything
        """Give an option of the kind of panel: `custom("stacking", "mode")`."""
        return self.field.get(".".join(("custom", *keys)), dig(self.field, "custom", *keys))

    def number(self, key: str) -> float | None:
        """Give an option that is a number; None where it is none."""
        found = self.field.get(key)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None

    @property
    def fixed(self) -> str:
        """The colour that a series must have, empty for the next one of the palette."""
        found = mapping(self.field.get("color"))
        return colour(found.get("fixedColor")) if found.get("mode") == "fixed" else ""

    @property
    def steps(self) -> list[tuple[float, str]]:
        """The thresholds as values and colours, from the lowest; the first one is the base."""
        found = [one for _, one in mappings(dig(self.field, "thresholds", "steps"))]
        return [(_level(one.get("value")), colour(one.get("color"))) for one in found]

    @property
    def lines(self) -> list[tuple[float, str]]:
        """The thresholds without the base."""
        return [(value, shade) for value, shade in self.steps if math.isfinite(value)]

    def text(self, value: float) -> str:
        """Write a value: by its word where it has one, else with its unit."""
        word = next((str(one["text"]) for one in self._mapped(value) if one.get("text")), None)
        return word if word is not None else written(value, self.unit, self.decimals)

    def shade(self, value: float) -> str:
        """Give a value's colour, by its word or its threshold; empty where nothing says one."""
        own = next((colour(one["color"]) for one in self._mapped(value) if one.get("color")), "")
        return own or next((shade for level, shade in reversed(self.steps) if value >= level), "")

    def _mapped(self, value: float) -> Iterator[Mapping[str, Any]]:
        for _, one in mappings(self.field.get("mappings")):
            options = mapping(one.get("options"))
            if one.get("type") == "value":
                yield mapping(options.get(f"{value:g}"))
            elif one.get("type") == "range" and _level(options.get("from")) <= value <= _top(
                options.get("to")
            ):
                yield mapping(options.get("result"))


def _matches(matcher: Mapping[str, Any], name: str, letter: str) -> bool:
    wanted = str(matcher.get("options") or "")
    if matcher.get("id") == "byRegexp":
        try:
            return re.search(wanted.strip("/"), name) is not None
        except re.error:
            return False
    return wanted == {"byName": name, "byFrameRefID": letter}.get(str(matcher.get("id")), object())


def _level(value: object) -> float:
    return float(value) if isinstance(value, int | float) else -math.inf


def _top(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.inf
