"""Which alerts keep which others quiet: the inhibitions of a configuration, alert by alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.alerting.inhibitions import Concerned, concerned
from stack.documents import mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from stack.alerting.known import Known

__all__ = ["Pair", "pairs"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One alert that may keep another quiet.

    Args:
        source: the alert that does.
        target: the alert that is not told while the source fires.
        equal: the labels in which both must agree.
        path: the inhibition that says so: `inhibit_rules.0`.
    """

    source: str
    target: str
    equal: tuple[str, ...]
    path: str


def pairs(configuration: Mapping[str, Any], alerts: Sequence[Known]) -> Iterator[Pair]:
    """Yield every pair of different alerts of which one may inhibit the other.

    Args:
        configuration: Alertmanager's.
        alerts: what is certain of each alert's labels.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule
    """
    for index, body in mappings(configuration.get("inhibit_rules")):
        both = concerned(body, alerts)
        for source in both.sources if both else ():
            for target in both.targets if both else ():
                names = source.fixed["alertname"], target.fixed["alertname"]
                if both and names[0] != names[1] and Concerned((source,), (target,), both.equal).applies:
                    yield Pair(*names, both.equal, f"inhibit_rules.{index}")
