"""What series rest on, followed through the rules that record them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.promql.absence import needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stack.contract.scope import Recording

__all__ = ["Roots"]


@dataclass(frozen=True)
class Roots:
    """Knows of each name which others its recordings need; generated files may record one a thousand times.

    Args:
        recorded: the rules that record each name.
    """

    recorded: Mapping[str, list[Recording]]
    _below: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, names: Iterable[str]) -> set[str]:
        """Name series, and what the rules rest on that record them."""
        found, waiting = set(), list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._needed_by(name)
        return found

    def _needed_by(self, name: str) -> frozenset[str]:
        if name not in self._below:
            trees = (made.tree for made in self.recorded.get(name, ()))
            self._below[name] = frozenset().union(*(needed(tree) for tree in trees if tree is not None))
        return self._below[name]
