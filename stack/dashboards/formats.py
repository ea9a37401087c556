"""How the values of a variable are written into a query, by the format that the query names.

Source: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["dated", "formatted", "promql"]

IN_REGEX = re.compile(r"[\\^$*+?.()|\[\]{}/]")
IN_PROMQL = re.compile(r"[$^*{}\[\]'+?.()|]")
LUCENE = re.compile(r"([!*+\-=<>\s&|()\[\]{}^~?:\\/\"])")


def formatted(kind: str, name: str, values: Sequence[str]) -> str:
    """Write values in a format, `regex` or `csv`; one that nobody knows is `glob`, as with Grafana itself."""
    return FORMATS.get(kind, _glob)(name, values)


def promql(values: Sequence[str], *, many: bool) -> str:
    """Write values as the Prometheus data source does where the query names no format.

    Args:
        values: one, or several.
        many: whether several could be chosen: then they stand in a regular expression within double quotes.
    """
    if not many:
        return "".join(value.replace("\\", r"\\").replace("'", r"\\'") for value in values[:1])
    escaped = [IN_PROMQL.sub(r"\\\\\g<0>", value.replace("\\", "\\\\\\\\")) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def dated(milliseconds: str, form: str) -> str:
    """Write a moment as `${__from:date:…}` asks for it: `seconds`, else ISO 8601."""
    whole = int(milliseconds)
    if form == "seconds":
        return str(whole // 1000)
    moment = datetime.fromtimestamp(whole / 1000, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


def _glob(_: str, values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{{{','.join(values)}}}"


def _regex(_: str, values: Sequence[str]) -> str:
    escaped = [IN_REGEX.sub(r"\\\g<0>", value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _lucene(_: str, values: Sequence[str]) -> str:
    escaped = [LUCENE.sub(r"\\\1", value) for value in values]
    return escaped[0] if len(escaped) == 1 else "({})".format(" OR ".join(f'"{one}"' for one in escaped))


def _quoted(mark: str, escape: str) -> Callable[[str, Sequence[str]], str]:
    def write(_: str, values: Sequence[str]) -> str:
        return ",".join(f"{mark}{value.replace(mark, escape)}{mark}" for value in values)

    return write


def _json(_: str, values: Sequence[str]) -> str:
    return json.dumps(values[0] if len(values) == 1 else list(values), ensure_ascii=False)


def _distributed(name: str, values: Sequence[str]) -> str:
    return ",".join([*values[:1], *(f"{name}={value}" for value in values[1:])])


def _address(name: str, values: Sequence[str]) -> str:
    return "&".join(f"var-{name}={quote(value, safe='')}" for value in values)


FORMATS: Mapping[str, Callable[[str, Sequence[str]], str]] = {
    "csv": lambda _, values: ",".join(values),
    "distributed": _distributed,
    "doublequote": _quoted('"', r"\""),
    "glob": _glob,
    "html": lambda _, values: ", ".join(map(html.escape, values)),
    "json": _json,
    "lucene": _lucene,
    "percentencode": lambda name, values: quote(_glob(name, values), safe=""),
    "pipe": lambda _, values: "|".join(values),
    "queryparam": _address,
    "raw": lambda _, values: ",".join(values),
    "regex": _regex,
    "singlequote": _quoted("'", r"\'"),
    "sqlstring": _quoted("'", "''"),
    "text": lambda _, values: " + ".join(values),
    "uriencode": lambda name, values: quote(_glob(name, values), safe="~()*!.'{},:/?#[]@$&+;="),
}
