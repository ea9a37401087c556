"""Stack in, every file of a release out: pure, and the same bytes on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.references import RELEASE
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack

__all__ = ["ENVIRONMENT", "render_tree"]

ENVIRONMENT = "environment.json"
"""The merged environment that a release was made from, so that a kept release explains itself."""


def render_tree(stack: Stack, runtime_files: Mapping[str, bytes]) -> tuple[str, Tree]:
    """Give the release's name and its files.

    The name is a digest of the files in which the name itself is still a token.

    Raises:
        DefinitionInvalid: a rule file asks for a value that the environment does not have.
    """
    draft = Tree(
        {ENVIRONMENT: to_json(stack.environment.model_dump(mode="json")), **runtime_files, **_own(stack)}
    )
    name = draft.digest
    filled = {path: data.replace(RELEASE.encode(), name.encode()) for path, data in draft.files.items()}
    return name, Tree(filled)


def _own(stack: Stack) -> dict[str, bytes]:
    return {
        f"{service.name}/{path}": data
        for service in stack.services.values()
        for path, data in service.files(stack).items()
    }
