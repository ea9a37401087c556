"""The JSON Schema of an environment file: what an editor completes and checks while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.assemble import ports, services
from stack.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["environment_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

BY_SERVICE = ("services", "flags", "targets")


def environment_schema() -> dict[str, Any]:
    """Give the schema of a file: the model, with `extends` and with the names that there are.

    Rule files and scrape jobs keep any name, since a site may bring its own.

    Source: https://json-schema.org/draft/2020-12/json-schema-core
    """
    schema = Environment.model_json_schema()
    properties, sections = schema["properties"], schema["$defs"]
    # A file's name is the environment's, so no file has to say more than what differs from its parent.
    del properties["name"], schema["required"]
    properties["extends"] = {"type": "string", "description": "The environment that this one begins with."}
    for section in BY_SERVICE:
        properties[section]["propertyNames"] = _one_of(services())
    properties["ports"]["propertyNames"] = _one_of(ports(services()))
    properties["versions"]["propertyNames"] = _one_of(_programs())
    sections["BinarySettings"]["properties"]["paths"]["propertyNames"] = _one_of(_programs())
    sections["Disabled"]["properties"]["services"]["items"] = _one_of(services())
    return {"$schema": DIALECT, "title": "Environment of the monitoring stack", **_untitled(schema)}


def _one_of(names: Iterable[str]) -> dict[str, Any]:
    return {"enum": sorted(names)}


def _programs() -> set[str]:
    return {service.program.name for service in services().values() if service.program}


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out the titles that repeat the keys."""
    return {key: _pruned(value) for key, value in schema.items() if key != "title"}


def _pruned(node: Any) -> Any:
    if isinstance(node, list):
        return [_pruned(item) for item in node]
    if isinstance(node, dict):
        return {
            key: _pruned(value) for key, value in node.items() if key != "title" or isinstance(value, dict)
        }
    return node
