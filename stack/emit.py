"""The one way from a document to bytes, and from YAML text to a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["from_yaml", "to_json", "to_yaml"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _PlainDumper(_Dumper):  # type: ignore[misc] # the C dumper has no types
    """Writes every value out: anchors and aliases would make a diff unreadable."""

    def ignore_aliases(self, data: object) -> bool:
        """Never refer back to an earlier value."""
        del data
        return True


def to_yaml(document: Mapping[str, Any] | list[Any]) -> bytes:
    """Serialise a document as YAML in the order of its keys, as the tools' own examples do."""
    text: str = yaml.dump(
        document,
        Dumper=_PlainDumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=110,
    )
    return text.encode()


def to_json(document: object) -> bytes:
    """Serialise a document as JSON: sorted, indented, with a closing newline, so that diffs are small."""
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def from_yaml(text: str | bytes) -> Any:  # YAML holds anything
    """Read one YAML document as the tools themselves do.

    Raises:
        yaml.YAMLError: the text is no YAML; the error's `problem_mark` has the place.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 # both loaders are the safe ones
