"""The rules that are loaded are those that were rendered, and each is evaluated without an error."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pipelines.core.probe import Probe, Waiting
from stack.duration import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    ailing = [rule for rule in rules if rule["health"] != "ok"]
    if ailing:
        message = f"rule {ailing[0]['name']}: {ailing[0].get('lastError') or 'not evaluated yet'}"
        raise Waiting(message)
    return f"{len(rules)} rules of {len(loaded)} groups are live and evaluate without an error"


def _rendered(sight: Sight) -> Groups:
    files = (path for path in sight.release.tree.files if path.startswith("prometheus/rules/"))
    return {
        f"{PurePath(path).name}: {group['name']}": [_as_written(rule) for rule in group.get("rules") or []]
        for path in files
        for group in sight.rendered(path).get("groups") or []
    }


def _loaded(groups: Iterable[Mapping[str, Any]]) -> Groups:
    return {
        f"{PurePath(group['file']).name}: {group['name']}": [_as_told(rule) for rule in group["rules"]]
        for group in groups
    }


def _as_written(rule: Mapping[str, Any]) -> tuple[str, float, dict[str, str]]:
    labels = {name: str(value) for name, value in (rule.get("labels") or {}).items()}
    return str(rule.get("alert") or rule.get("record")), seconds(str(rule.get("for", "0s"))), labels


def _as_told(rule: Mapping[str, Any]) -> tuple[str, float, dict[str, str]]:
    return rule["name"], float(rule.get("duration", 0)), dict(rule.get("labels") or {})


PROBE = Probe(
    asks="whether the rendered rules are live and healthy", run=_run, needs=("prometheus",), quick=True
)
