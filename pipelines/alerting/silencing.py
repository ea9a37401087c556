"""A silence as one asks for it: what it matches, until when, and what it would keep quiet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import Matcher, accepts, matchers_of
from stack.alerting.silences import written
from stack.duration import seconds
from stack.errors import Refused
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "matched",
    "matches",
    "read_end",
    "read_matchers",
    "refuse_too_wide",
]

WATCHDOG = "Watchdog"
SEVERITIES = ("page", "warning", "info")


def read_matchers(words: Sequence[str]) -> tuple[Matcher, ...]:
    """Read matchers as Alertmanager writes them: `instance=~"web-.*"`; a bare name is an alert's.

    Raises:
        Refused: there is none, or one of them cannot be read.
    """
    found: list[Matcher] = []
    for word in words:
        text = word if any(sign in word for sign in "=~!") else f'alertname="{word}"'
        read = matchers_of({"matchers": [text]})
        if not read:
            message = f"'{word}' is no matcher"
            raise Refused(message=message, hint="write NAME=VALUE, NAME!=VALUE, NAME=~REGEX or NAME!~REGEX")
        _refuse_bad_expressions(read)
        found += sorted(read)
    if not found:
        hint = "as in: invoke silence.create AetherlinkVerticalServiceDown --match service=crm"
        raise Refused(message="a silence needs at least one matcher", hint=hint)
    return tuple(dict.fromkeys(found))


def read_end(duration: str, until: str, now: float) -> float:
    """Give the end of a silence in Unix seconds, from its length or its moment.

    Raises:
        Refused: neither or both are given, it is none, or it lies in the past.
    """
    if bool(duration) == bool(until):
        message = "a silence needs an end: --duration 2h, or --until 2030-01-31T18:00Z"
        raise Refused(message=message, hint="give one of the two")
    try:
        end = now + seconds(duration) if duration else unix(until)
    except ValueError as error:
        raise Refused(message=f"no end of a silence: {error}") from error
    if end <= now:
        raise Refused(message=f"the silence would end before it begins: {duration or until}")
    return end


def refuse_too_wide(matchers: Sequence[Matcher], env: str, held: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a silence that nobody means: of everything, or of the alert that proves the alerting path.

    Args:
        matchers: what it matches.
        env: the environment's name.
        held: the alerts that Alertmanager holds.

    Raises:
        Refused: with the reason.
    """
    every = [{"alertname": "AnyOther", "env": env, "severity": severity} for severity in SEVERITIES]
    if all(matches(matchers, labels) for labels in every):
        message = f"{written(matchers)} silences every alert of {env}"
        raise Refused(message=message, hint="name an alert or a service; or say --wide if that is meant")
    beats = [one["labels"] for one in held if one["labels"].get("alertname") == WATCHDOG]
    usual = {"alertname": WATCHDOG, "env": env, "severity": "none"}
    if any(matches(matchers, labels) for labels in (*beats, usual)):
        message = (
            f"{written(matchers)} silences the Watchdog too: whoever waits for its beat would hear none, "
            "and take the alerting path for cut"
        )
        hint = f"""add --match 'alertname!="{WATCHDOG}"'; or say --wide if that is meant"""
        raise Refused(message=message, hint=hint)


def matches(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Say whether an alert with these labels would be kept quiet."""
    return all(accepts(one, str(labels.get(one.name, ""))) for one in matchers)


def matched(matchers: Sequence[Matcher], alerts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give those of Alertmanager's alerts that a silence would keep quiet."""
    return [alert for alert in alerts if matches(matchers, alert["labels"])]


def _refuse_bad_expressions(matchers: Iterable[Matcher]) -> None:
    for one in matchers:
        if "~" in one.op:
            try:
                re.compile(one.value)
            except re.error as error:
                raise Refused(message=f"{written([one])} is no regular expression: {error}") from error
