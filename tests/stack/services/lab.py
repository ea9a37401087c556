"""Stacks without a repository: services alone, as an environment of a few lines would have them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.assemble import assemble
from stack.emit import from_yaml
from stack.environment import Environment

if TYPE_CHECKING:
    from stack.service import Stack

__all__ = ["document", "stack"]

BARE = Path("/nonexistent")


def stack(name: str = "lab", root: Path = BARE, **sections: Any) -> Stack:
    """Assemble an environment."""
    return assemble(Environment.model_validate({"name": name, **sections}), root=root)


def document(made: Stack, service: str, path: str) -> Any:
    """Give a file of a service as a document."""
    return from_yaml(made.defined[service].files(made)[path])
