"""A server that has brought an older model to its own schema shows other fields than the file has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.differences import differences
from stack.documents import dig, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.grafana.differences import Difference

__all__ = ["differences_at_heart", "is_migrated"]


def is_migrated(rendered: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """Say whether the live model is of a newer schema than the file's; what has no version is of any."""
    versions = rendered.get("schemaVersion"), live.get("schemaVersion")
    return all(isinstance(version, int) for version in versions) and versions[0] < versions[1]  # type: ignore[operator] # both are


def differences_at_heart(rendered: Mapping[str, Any], live: Mapping[str, Any]) -> list[Difference]:
    """Compare what no migration touches: title, variables, and each panel with its queries."""
    return differences(_heart(rendered), _heart(live))


def _heart(model: Mapping[str, Any]) -> dict[str, Any]:
    variables = mappings(dig(model, "templating", "list"))
    return {
        "title": model.get("title"),
        "panels": [{"title": panel.get("title"), "targets": _asked(panel)} for panel in _panels(model)],
        "variables": [variable.get("name") for _, variable in variables],
    }


def _panels(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for _, panel in mappings(model.get("panels")):
        yield panel
        yield from _panels(panel)


def _asked(panel: Mapping[str, Any]) -> list[object]:
    return [target.get("expr") for _, target in mappings(panel.get("targets")) if target.get("expr")]
