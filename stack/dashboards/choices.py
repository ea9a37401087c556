"""What a viewer has chosen when a dashboard opens: the value of each of its variables.

Source: https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stack.dashboards.filling import Choice, Filled, fill
from stack.dashboards.options import OptionsUnreadable, listed, matching
from stack.dashboards.panels import asks_prometheus
from stack.dashboards.templating import by_name, query_of
from stack.dashboards.variable_queries import lookup
from stack.documents import dig
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.clients.prometheus import Prometheus
    from stack.dashboards.spans import Span

__all__ = ["choices"]

ALL = "$__all"


def choices(
    model: Mapping[str, Any], prometheus: Prometheus, span: Span, macros: Mapping[str, str]
) -> Mapping[str, Choice]:
    """Resolve every variable, those first that others ask for.

    None is left out: one that has no value says why.
    """
    return _Resolver(by_name(model), prometheus, span, macros).all()


@dataclass(frozen=True, slots=True)
class _Resolver:
    declared: Mapping[str, Mapping[str, Any]]
    prometheus: Prometheus
    span: Span
    macros: Mapping[str, str]

    def all(self) -> Mapping[str, Choice]:
        found: dict[str, Choice] = {}
        for name in self.declared:
            self._resolve(name, found, ())
        return {name: found[name] for name in self.declared}

    def _resolve(self, name: str, found: dict[str, Choice], above: tuple[str, ...]) -> None:
        if name in found:
            return
        body = self.declared[name]
        for other in _asked_by(body, self.declared):
            if other in (*above, name):
                found[name] = Choice(name, fault=f"variable ${name} depends on itself")
                return
            self._resolve(other, found, (*above, name))
        found[name] = self._choice(name, body, found)

    def _choice(self, name: str, body: Mapping[str, Any], found: Mapping[str, Choice]) -> Choice:
        bare = Choice(name, many=bool(body.get("multi") or body.get("includeAll")))
        filled = fill(_text(body), found, self.macros) if _asks(body) else Filled("")
        if filled.faults:
            return replace(bare, fault=filled.faults[0], failed=filled.broken)
        try:
            options = self._options(body, filled.text, found)
        except (HttpFailed, OptionsUnreadable) as failed:
            said = str(failed.fields["message"] if isinstance(failed, HttpFailed) else failed)
            return replace(bare, fault=f"variable ${name}: {' '.join(said.split())}", failed=True)
        chosen = _chosen(body, options)
        if chosen == (ALL,):
            return replace(bare, values=tuple(options), whole=str(body.get("allValue") or ""))
        return (
            replace(bare, values=chosen) if chosen else replace(bare, fault=f"variable ${name} has no value")
        )

    def _options(self, body: Mapping[str, Any], text: str, found: Mapping[str, Choice]) -> Sequence[str]:
        if _asks(body):
            regex = fill(str(body.get("regex") or ""), found, {}).text
            return matching(lookup(text, self.prometheus, self.span), regex, body.get("sort"))
        if body.get("type") == "query":  # of another data source: nobody here can ask it
            return [value for value in _current(body) if value != ALL]
        return listed(body, self.span.length)


def _asks(body: Mapping[str, Any]) -> bool:
    return body.get("type") == "query" and asks_prometheus(body, {})


def _text(body: Mapping[str, Any]) -> str:
    return query_of(body) or str(body.get("definition") or "")


def _asked_by(body: Mapping[str, Any], declared: Mapping[str, Any]) -> list[str]:
    """Name the variables that another one's query or filter asks for."""
    if not _asks(body):
        return []
    text = f"{_text(body)} {body.get('regex') or ''}"
    return [name for name in fill(text, {}, {}).unknown if name in declared]


def _chosen(body: Mapping[str, Any], options: Sequence[str]) -> tuple[str, ...]:
    """Give what is chosen at first: what the model says where that still exists, else all, else the first."""
    saved = _current(body)
    if body.get("includeAll") and (saved == [ALL] or not set(saved) & set(options)):
        return (ALL,) if options or body.get("allValue") else ()
    if body.get("type") == "textbox":
        return tuple(saved) or tuple(options) or ("",)
    return tuple(value for value in saved if value in options) or tuple(options[:1])


def _current(body: Mapping[str, Any]) -> list[str]:
    value = dig(body, "current", "value")
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one]
