"""Every alert that there is: of the loaded rules, and of those whose subject is not watched here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from pipelines.core.rules import groups_of
from stack.emit import from_yaml
from stack.errors import DefinitionInvalid
from stack.references import render_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from pipelines.core.check import Inspection

__all__ = ["alert_bodies"]


def alert_bodies(inspection: Inspection) -> Iterator[Mapping[str, Any]]:
    """Yield the body of every alerting rule, of idle files among them: a target is enough to wake those."""
    yield from (rule.body for rule in inspection.alerts)
    for stem, path in inspection.stack.idle_rules.items():
        document = _idle(path, inspection)
        for group in groups_of(f"rules/{stem}.yml", document):
            yield from (rule.body for rule in group.rules if rule.kind == "alert")


def _idle(path: Path, inspection: Inspection) -> object:
    try:
        return from_yaml(render_rules(path, inspection.stack.environment))
    except (DefinitionInvalid, OSError, yaml.YAMLError, ValueError, RecursionError):
        return {}
