"""What became of a drill, in a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.alerting.track import Track

__all__ = ["Outcome", "outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one drill.

    Args:
        track: what was seen.
        wrong: what went wrong; empty where nothing did.
        latency: seconds from the fault to the last receiver that was told; None where nobody was.
    """

    track: Track
    wrong: str
    latency: float | None


def outcome(track: Track) -> Outcome:
    """Judge a drill that has ended."""
    told = [track.told[name] for name in track.drill.receivers if name in track.told]
    latency = max(told) - track.on if told else None
    if track.drill.source:
        return Outcome(track, _noise(track), latency)
    if not track.delivered:
        return Outcome(track, f"never {track.waits_for()}", latency)
    return Outcome(track, "" if track.ended else f"its end: never {track.waits_for()}", latency)


def _noise(track: Track) -> str:
    if track.told:
        return f"{', '.join(sorted(track.told))} told, though {track.drill.source} fires"
    return "" if track.delivered else f"never {track.waits_for()}"
