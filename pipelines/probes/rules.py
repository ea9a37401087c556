"""The rules that are loaded are those that were rendered, and each is evaluated without an error."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.core.probe import Probe, Waiting
from stack.duration import seconds
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.core.probe import Sight

__all__ = ["PROBE"]

Groups = dict[str, list[tuple[str, float, dict[str, str]]]]
"""By file and group: each rule's name, its `for` in seconds, its labels; the watchdog's tells the release."""


def _run(sight: Sight) -> str:
    live = sight.prometheus.rule_groups()
    wanted, loaded = _rendered(sight), _loaded(live)
    if wanted != loaded:
        differing = sorted(key for key in wanted.keys() | loaded.keys() if wanted.get(key) != loaded.get(key))
        message = f"group {differing[0]} is not live as it was rendered"
        raise Waiting(message)
    rules = [rule for group in live for rule in group["rules"]]
    if ailing := list(_ailing(live, sight)):
        message = f"rule {ailing[0]['name']}: {ailing[0].get('lastError') or 'not evaluated yet'}"
        raise Waiting(message)
    return f"{len(rules)} rules of {len(loaded)} groups are live and evaluate without an error"


def _ailing(groups: Iterable[Mapping[str, Any]], sight: Sight) -> Iterator[Mapping[str, Any]]:
    """Yield the rules that fail, and those not evaluated yet, unless their group is slower than others.

    The turn of a slower one may come minutes from now: that it failed before this release says nothing of it,
    and promtool has found nothing wrong with it.
    """
    usual = seconds(sight.environment.evaluation_interval)
    for group in groups:
        slow = group.get("interval", usual) > usual
        for rule in group["rules"]:
            if rule["health"] != "ok" and not (slow and _last(rule) < sight.since):
                yield rule


def _last(rule: Mapping[str, Any]) -> float:
    """Say when a rule was evaluated last, in Unix seconds; before all else where it never was."""
    return unix(rule["lastEvaluation"]) if rule["health"] != "unknown" else -math.inf


def _rendered(sight: Sight) -> Groups:
    files = (path for path in sight.release.tree.files if path.startswith("prometheus/rules/"))
    return {
        f"{PurePath(path).name}: {group['name']}": [_as_written(r, group) for r in group.get("rules") or []]
        for path in files
        for group in _groups(sight.release.tree.files[path])
    }


def _groups(data: bytes) -> list[Any]:
    """Read a rule file as Prometheus does, to whom every label is a text: `true`, `007` and `1.0`, too."""
    document = yaml.load(data, Loader=yaml.BaseLoader)  # noqa: S506 # it makes nothing but texts
    return list((document or {}).get("groups") or [])


def _loaded(groups: Iterable[Mapping[str, Any]]) -> Groups:
    return {
        f"{PurePath(group['file']).name}: {group['name']}": [_as_told(rule) for rule in group["rules"]]
        for group in groups
    }


def _as_written(rule: Mapping[str, Any], group: Mapping[str, Any]) -> tuple[str, float, dict[str, str]]:
    labels = {**(group.get("labels") or {}), **(rule.get("labels") or {})}
    return rule.get("alert") or rule["record"], seconds(rule.get("for") or "0s"), labels


def _as_told(rule: Mapping[str, Any]) -> tuple[str, float, dict[str, str]]:
    return rule["name"], float(rule.get("duration", 0)), dict(rule.get("labels") or {})


PROBE = Probe(
    asks="whether the rendered rules are live and healthy", run=_run, needs=("prometheus",), quick=True
)
