"""The labels that a scrape job gives to all that it scrapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.contract.jobs import is_discovered
from stack.documents import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.contract.family import Labels

__all__ = ["Target", "target_of"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is certain of a job's target labels.

    Args:
        job: the job's name.
        labels: each label and its values; none where they are not known before a target is found.
        any_label: whether targets may bring labels of any name.
        honors: whether the metrics' own labels win.
    """

    job: str
    labels: Labels
    any_label: bool = False
    honors: bool = False

    def over(self, own: Mapping[str, tuple[str, ...]]) -> Labels:
        """Give the labels of a series with these labels of its own."""
        if self.honors:
            return {**self.labels, **own}
        hidden = {f"exported_{label}": values for label, values in own.items() if label in self.labels}
        return {**own, **self.labels, **hidden}


def target_of(job: Mapping[str, Any]) -> Target:
    """Tell the target labels of a job.

    Source: https://prometheus.io/docs/concepts/jobs_instances/
    """
    name = str(job.get("job_name"))
    labels: Labels = {"job": (name,), "instance": (), **_static(job)}
    rules = [
        rule for key in ("relabel_configs", "metric_relabel_configs") for _, rule in mappings(job.get(key))
    ]
    for rule in rules:
        labels |= _relabelled(rule)
    mapped = any(rule.get("action") == "labelmap" for rule in rules)
    return Target(name, labels, mapped or is_discovered(job), job.get("honor_labels") is True)


def _static(job: Mapping[str, Any]) -> Labels:
    groups = [mapping(group.get("labels")) for _, group in mappings(job.get("static_configs"))]
    names = sorted({str(name) for labels in groups for name in labels})
    return {name: tuple(sorted({str(labels.get(name, "")) for labels in groups})) for name in names}


def _relabelled(rule: Mapping[str, Any]) -> Labels:
    return {label: _values(rule) for label in _set(rule)}


def _set(rule: Mapping[str, Any]) -> Iterator[str]:
    label = str(rule.get("target_label") or "")
    if label and not label.startswith("__"):
        yield label


def _values(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the one value that a rule without a source sets."""
    fixed = not rule.get("source_labels") and rule.get("action", "replace") == "replace"
    value = str(rule.get("replacement", "$1"))
    return (value,) if fixed and "$" not in value else ()
