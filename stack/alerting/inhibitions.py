"""Which alerts an inhibition can concern at all, from what is certain of their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.alerting.matchers import matchers_of
from stack.documents import strings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from stack.alerting.known import Known

__all__ = ["Concerned", "concerned"]

Signature = tuple["str | None", ...]


@dataclass(frozen=True, slots=True)
class Concerned:
    """The two sides of an inhibition.

    Args:
        sources: the alerts that may keep others back.
        targets: the alerts that may be kept back.
        equal: the labels that must be equal on both.
    """

    sources: tuple[Known, ...]
    targets: tuple[Known, ...]
    equal: tuple[str, ...]

    @property
    def applies(self) -> bool:
        """Whether some source and some target may be equal in all that they must be."""
        sources, targets = (_signatures(side, self.equal) for side in (self.sources, self.targets))
        return bool(sources & targets) or any(_alike(one, other) for one in sources for other in targets)

    def lacking(self, label: str) -> tuple[bool, bool]:
        """Say whether every source, and whether every target, surely lacks a label."""
        sources, targets = (_lacking(side, label) for side in (self.sources, self.targets))
        return len(sources) == len(self.sources), len(targets) == len(self.targets)

    def both_lacking(self, label: str) -> tuple[str, str] | None:
        """Name a source and a target that surely lack a label, and so count as equal in it."""
        sources, targets = (_lacking(side, label) for side in (self.sources, self.targets))
        names = ((one.fixed["alertname"], other.fixed["alertname"]) for one in sources for other in targets)
        return next(((one, other) for one, other in names if one != other), None)


def concerned(rule: Mapping[str, Any], alerts: Sequence[Known]) -> Concerned | None:
    """Give the alerts that an inhibition may concern; None where its matchers cannot be read.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule
    """
    source, target = matchers_of(rule, "source_"), matchers_of(rule, "target_")
    if source is None or target is None:
        return None
    return Concerned(
        tuple(one for one in alerts if all(one.meets(matcher) is not False for matcher in source)),
        tuple(one for one in alerts if all(one.meets(matcher) is not False for matcher in target)),
        tuple(name for _, name in strings(rule.get("equal"))),
    )


def _lacking(side: Sequence[Known], label: str) -> list[Known]:
    return [one for one in side if one.value(label) == ""]


def _signatures(side: Sequence[Known], equal: Sequence[str]) -> set[Signature]:
    return {tuple(one.value(name) for name in equal) for one in side}


def _alike(one: Signature, other: Signature) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))
