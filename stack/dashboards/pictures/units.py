"""Values written with their unit, as Grafana writes them.

Source: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["written"]

SHORT = ((1e12, " Tri"), (1e9, " Bil"), (1e6, " Mil"), (1e3, " K"), (1.0, ""))
METRIC = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
BINARY = ((2.0**50, "Pi"), (2.0**40, "Ti"), (2.0**30, "Gi"), (2.0**20, "Mi"), (2.0**10, "Ki"), (1.0, ""))
TIME = (
    (31_536_000.0, " years"), (604_800.0, " weeks"), (86_400.0, " days"), (3600.0, " hours"), (60.0, " mins"),
    (1.0, " s"), (1e-3, " ms"), (1e-6, " µs"), (1e-9, " ns"),
)  # fmt: skip

SCALED: Mapping[str, tuple[Sequence[tuple[float, str]], str]] = {
    "bytes": (BINARY, "B"),
    "decbytes": (METRIC, "B"),
    "bits": (BINARY, "b"),
    "decbits": (METRIC, "b"),
    "Bps": (METRIC, "B/s"),
    "binBps": (BINARY, "B/s"),
    "bps": (METRIC, "b/s"),
    "binbps": (BINARY, "b/s"),
    "pps": (METRIC, "p/s"),
    "hertz": (METRIC, "Hz"),
}
TIMES = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
TIMES |= {"dtdurations": 1.0, "dtdhms": 1.0, "dthms": 1.0, "dtdurationms": 1e-3}
RATES = {
    "cps": "c/s", "ops": "ops/s", "reqps": "req/s", "rps": "rd/s", "wps": "wr/s", "iops": "io/s",
    "eps": "evt/s", "mps": "msg/s", "cpm": "c/m", "opm": "ops/m", "reqpm": "req/m", "rpm": "rd/m",
    "wpm": "wr/m",
}  # fmt: skip
SIGNS = {"percent": "%", "celsius": " °C", "fahrenheit": " °F", "volt": " V", "amp": " A", "watt": " W"}
SIGNS |= {"humidity": " %H", "dB": " dB", "none": "", "": "", "string": ""}
BOOLEANS = {"bool": ("False", "True"), "bool_yes_no": ("No", "Yes"), "bool_on_off": ("Off", "On")}


def written(value: float, unit: str, decimals: int | None = None) -> str:
    """Write a value for a person: `1.50 KiB`, `42%`, `3.2 ms`.

    Args:
        value: the number.
        unit: as Grafana names it, `bytes`; one that is not known here stands behind the number as it is.
        decimals: digits behind the point, where the panel asks for so many.
    """
    if not math.isfinite(value):
        return {math.inf: "+∞", -math.inf: "-∞"}.get(value, "NaN")
    if unit in BOOLEANS:
        return BOOLEANS[unit][bool(value)]
    if unit.startswith("dateTime"):
        return _moment(value)
    return _measured(value, unit, decimals)


def _measured(value: float, unit: str, decimals: int | None) -> str:
    if unit in SCALED:
        scale, name = SCALED[unit]
        return _scaled(value, scale, decimals, f" {{}}{name}".format)
    if unit in TIMES:
        return _scaled(value * TIMES[unit], TIME, decimals)
    if unit in RATES:
        return f"{_scaled(value, SHORT, decimals)} {RATES[unit]}"
    if unit == "short":
        return _scaled(value, SHORT, decimals)
    if unit == "percentunit":
        return f"{_number(value * 100, decimals)}%"
    name = unit.removeprefix("suffix:").strip() if unit.startswith("suffix:") else unit
    return f"{_number(value, decimals)}{SIGNS.get(unit, f' {name}')}"


def _scaled(
    value: float,
    scale: Sequence[tuple[float, str]],
    decimals: int | None,
    named: Callable[[str], str] = str,
) -> str:
    """Write a value by the largest size that it reaches, the smallest one of all for what reaches none."""
    least = scale[-1]
    if value == 0:
        least = next((one for one in scale if one[0] == 1.0), least)
    size, name = next((one for one in scale if value and abs(value) >= one[0]), least)
    return f"{_number(value / size, decimals)}{named(name)}"


def _number(value: float, decimals: int | None) -> str:
    """Write a number with three figures, or with so many digits behind the point."""
    size = abs(value)
    if decimals is not None and size < 1e15:
        return f"{value:.{min(20, max(0, decimals))}f}"
    if 0 < size < 0.001 or size >= 1e15:
        return f"{value:.2e}"
    if value == round(value):
        return f"{value:.0f}"
    digits = 3 if size < 1 else 2 if size < 10 else 1 if size < 100 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: float) -> str:
    """Write milliseconds since 1970 as a moment; one beyond all calendars as its number."""
    try:
        when = datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return _number(value, None)
    return f"{when:%Y-%m-%d %H:%M:%S}"
