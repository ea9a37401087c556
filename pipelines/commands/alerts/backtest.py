"""Say how often alerts would have fired in the past."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pipelines.alerting.servers import live_servers
from pipelines.core.options import Option
from pipelines.stages.render import rendered
from stack.duration import seconds, spoken
from stack.errors import Refused
from stack.moment import clock
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.alerting.definitions import Definition, Key
    from pipelines.alerting.history import Past
    from pipelines.alerting.servers import Servers
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option(
        "name",
        "an alert, or a rule file's subject; without it what differs from what is live",
        positional=True,
    ),
    Option("since", "how far back: 14d", default="14d"),
    Option("step", "how often the past is looked at; without it, as often as the rule is evaluated"),
    Option("against", "live: say also what the live rules would have done; rendered: do not", default="live"),
    Option("all", "every alert", default=False),
)

HEADS = ("ALERT", "FIRED", "OF", "FIRST", "LAST", "IN ALL", "LONGEST", "AS LIVE NOW")
SHOWN = 5
"""Label sets that are printed of each alert."""


def run(effects: Effects) -> int:
    """Evaluate the rendered rules over the live Prometheus' history."""
    from pipelines.alerting.definitions import changed, definitions
    from pipelines.alerting.explanation import inspected
    from pipelines.alerting.fleet import inspection_of

    servers, now = live_servers(effects), time.time()
    compares, length = _compares(effects), _length("since", effects)
    tree = rendered(effects)
    fresh = definitions(inspected(tree, effects.root), tree.id)
    live = definitions(inspection_of(servers, effects.root), servers.release.id)
    wanted = _wanted(fresh, changed(fresh, live), effects)
    if not wanted:
        effects.console.result([])
        effects.console.end("no alert differs from what is live; name an alert or a subject, or say --all")
        return 0
    since, found = _since(servers, now - length, effects), []
    with effects.console.stage("backtest"):
        for key in wanted:
            past = _past(servers, fresh[key], since, now, effects)
            before = live.get(key) if compares else None
            old = _past(servers, before, since, now, effects) if before and before != fresh[key] else None
            found.append((past, old))
    return _report(found, since, now, effects)


def _compares(effects: Effects) -> bool:
    against = effects.options.text("against")
    if against not in {"live", "rendered"}:
        raise Refused(message=f"--against takes live or rendered, not '{against}'")
    return against == "live"


def _length(name: str, effects: Effects) -> float:
    text = effects.options.text(name)
    try:
        return seconds(text) if text else 0.0
    except ValueError as error:
        raise Refused(message=f"--{name}: {error}") from error


def _wanted(fresh: Mapping[Key, Definition], differing: Sequence[Key], effects: Effects) -> list[Key]:
    """Choose what was named, everything, or what differs from what is live.

    Raises:
        Refused: there is no such alert or subject.
    """
    name = effects.options.text("name")
    if name:
        found = [key for key, one in fresh.items() if name in {one.name, one.subject}]
        if not found:
            names = {word for one in fresh.values() for word in (one.name, one.subject)}
            raise Refused(message=f"there is no alert or subject '{name}'", hint=suggestion(name, names))
        return found
    if effects.options.flag("all"):
        return list(fresh)
    return list(differing)


def _since(servers: Servers, asked: float, effects: Effects) -> float:
    """Give the first moment to look at, and say so where history is shorter than what was asked for."""
    oldest = servers.prometheus.value("min(prometheus_tsdb_lowest_timestamp_seconds)")
    if oldest is None or oldest <= asked:
        return asked
    shorter = f"{spoken(oldest - asked)} later than asked for"
    effects.console.item("!", f"history begins at {clock(oldest)}, {shorter}")
    return oldest


def _past(servers: Servers, definition: Definition, since: float, now: float, effects: Effects) -> Past:
    from pipelines.alerting.history import backtest, stretch_for, to_inline

    stretch = stretch_for(definition.interval, since, now, _length("step", effects))
    replaced = to_inline(servers.prometheus, definition.rests_on, stretch)

    def tell(done: int, points: int) -> None:
        effects.console.doing(f"backtest: {definition.name}, {done} of {points} evaluations")

    return backtest(servers.prometheus, definition, stretch, replaced, tell)


def _report(found: Sequence[tuple[Past, Past | None]], since: float, now: float, effects: Effects) -> int:
    effects.console.result([_document(past, old) for past, old in found])
    effects.console.table(HEADS, [_row(past, old) for past, old in found])
    for past, _ in found:
        effects.console.say(*_details(past))
    count = sum(len(past.every) for past, _ in found)
    when = f"since {clock(since)}, {spoken(now - since)} ago"
    effects.console.end(f"{len(found)} alert(s) would have fired {count} time(s) {when}")
    return 0


def _row(past: Past, old: Past | None) -> tuple[str, ...]:
    every = past.every
    return (
        past.definition.name,
        str(len(every)),
        f"{len(past.fired)} label set(s)" if every else "-",
        clock(every[0].fired) if every else "-",
        clock(every[-1].fired) if every else "-",
        spoken(past.total) if every else "-",
        spoken(past.longest) if every else "-",
        "-" if old is None else f"{len(old.every)}, {spoken(old.total)} in all",
    )


def _details(past: Past) -> Iterator[str]:
    name, step, interval = past.definition.name, past.stretch.step, past.definition.interval
    if step > interval:
        yield f"  {name}: looked at every {spoken(step)}, though it is evaluated every {spoken(interval)}"
    if past.inlined:
        yield f"  {name}: history lacks {', '.join(past.inlined)}, which was computed instead"
    most = sorted(past.fired.items(), key=lambda entry: -len(entry[1]))
    for labels, episodes in most[:SHOWN]:
        text = " ".join(f"{key}={value}" for key, value in labels) or "no labels"
        yield f"  {name}: {len(episodes)} time(s): {text}"
    if len(most) > SHOWN:
        yield f"  {name}: and {len(most) - SHOWN} label set(s) more"


def _document(past: Past, old: Past | None) -> dict[str, Any]:
    return {
        "alert": past.definition.name,
        "subject": past.definition.subject,
        "start": past.stretch.start,
        "end": past.stretch.end,
        "step": past.stretch.step,
        "inlined": list(past.inlined),
        "seconds": past.total,
        "longest": past.longest,
        "as_live_now": None if old is None else {"fired": len(old.every), "seconds": old.total},
        "fired": [
            {"labels": dict(labels), "pending": one.pending, "fired": one.fired, "resolved": one.resolved}
            for labels, episodes in past.fired.items()
            for one in episodes
        ],
    }
