"""What a rule says for certain of its alerts' labels, before any of them has fired."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.alerting.matchers import accepts
from stack.documents import dig, mapping
from stack.promql.labels import Labels, labels_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from promql_parser import Expr

    from stack.alerting.matchers import Matcher

__all__ = ["Known", "Sender"]


@dataclass(frozen=True, slots=True)
class Known:
    """The labels of an alert as Alertmanager gets them, as far as they are certain.

    Args:
        fixed: labels that it always has, with this value.
        labels: what its expression says of the others.
        added: what Prometheus adds where an alert has no such label of its own.
        open: labels whose value changes from alert to alert, and all of them where this is None.
    """

    fixed: Mapping[str, str]
    labels: Labels = field(default_factory=Labels)
    added: Mapping[str, str] = field(default_factory=dict)
    open: frozenset[str] | None = frozenset()

    def value(self, name: str) -> str | None:
        """Give a label's value, empty where it surely lacks the label, None where it may be anything."""
        if self.open is None or name in self.open:
            return None
        if name in self.fixed:
            return self.fixed[name]
        return self.added.get(name, "") if self.labels.lack(name) else None

    def supposed(self, name: str) -> str | None:
        """Give a label's value, if the series that it comes from carry what Prometheus would add.

        Every scrape job sets `env`, so that this is the environment's name for all but honoured labels.
        """
        value = self.value(name)
        return self.added.get(name) if value is None and self.open is not None else value

    def meets(self, matcher: Matcher) -> bool | None:
        """Whether its alerts meet a condition; None where some may and others not."""
        value = self.supposed(matcher.name)
        return None if value is None else accepts(matcher, value)


@dataclass(frozen=True, slots=True)
class Sender:
    """A Prometheus, as far as it has a hand in the labels of what it sends.

    Args:
        prometheus: its configuration.
        syntax: gives the syntax tree of an expression, None where it is none.
    """

    prometheus: Mapping[str, Any]
    syntax: Callable[[str], Expr | None]

    def sends(self, rule: Mapping[str, Any]) -> Known:
        """Tell what is certain of the alerts of a rule.

        Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file
        """
        own = {str(name): str(value) for name, value in mapping(rule.get("labels")).items()}
        written = {name: value for name, value in own.items() if "{{" not in value}
        fixed = {**written, "alertname": str(rule.get("alert"))}
        if dig(self.prometheus, "alerting", "alert_relabel_configs"):
            return Known(fixed, open=None)
        expression = str(rule.get("expr") or "")
        return Known(fixed, self._labels(expression), self.added, frozenset(own.keys() - written.keys()))

    @property
    def added(self) -> dict[str, str]:
        """The labels that it adds to every alert that lacks them."""
        external = mapping(dig(self.prometheus, "global", "external_labels"))
        return {str(name): str(value) for name, value in external.items()}

    def _labels(self, expression: str) -> Labels:
        tree = self.syntax(expression)
        return labels_of(tree) if tree else Labels()
