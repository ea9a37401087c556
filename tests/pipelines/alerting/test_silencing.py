"""What a silence matches, how long it lasts, and what nobody means."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.alerting.silencing import matched, read_end, read_matchers, refuse_too_wide
from stack.alerting.silences import as_document, read_document, written
from stack.errors import Refused

NOW = 1_795_601_482.0


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["NodeCpuHigh"], 'alertname="NodeCpuHigh"'),
        (["service=crm"], 'service="crm"'),
        (['instance=~"web-.*"', "env!=dev"], 'instance=~"web-.*", env!="dev"'),
        (["a!~b", "a!~b"], 'a!~"b"'),
        (['{a="b", c="d"}'], 'a="b", c="d"'),
    ],
)
def test_matchers_are_alertmanagers_own_and_a_bare_name_is_an_alerts(words: list[str], text: str) -> None:
    found = read_matchers(words)

    assert written(found) == text
    assert read_document(as_document(found)) == found


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "needs at least one matcher"),
        (["=crm"], "'=crm' is no matcher"),
        (['a=="b"'], "is no matcher"),
        (["a=~("], "is no regular expression"),
    ],
)
def test_what_is_no_matcher_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(Refused, match=message):
        read_matchers(words)


def test_an_end_is_a_length_or_a_moment() -> None:
    assert read_end("2h", "", NOW) == NOW + 7200
    assert read_end("", "2026-11-25T12:00Z", NOW) == 1_795_608_000.0


@pytest.mark.parametrize(
    ("duration", "until", "message"),
    [
        ("", "", "needs an end"),
        ("2h", "2030-01-01", "needs an end"),
        ("soon", "", "is no duration"),
        ("", "tomorrow", "no end of a silence"),
        ("", "2001-01-01", "would end before it begins"),
        ("0s", "", "would end before it begins"),
    ],
)
def test_a_silence_without_a_proper_end_is_refused(duration: str, until: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        read_end(duration, until, NOW)


def beat(**labels: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": "Watchdog", "env": "prod", "severity": "none", "job": "prometheus", **labels}
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["alertname=~.+"], "silences every alert"),
        (["env=prod"], "silences every alert"),
        (["severity=~page|warning|info"], "silences every alert"),
        (["Watchdog"], "silences the Watchdog too"),
        (["severity=none"], "silences the Watchdog too"),
        (["job=prometheus"], "silences the Watchdog too"),
    ],
)
def test_a_silence_of_everything_or_of_the_watchdog_is_refused_with_the_reason(
    words: list[str], message: str
) -> None:
    with pytest.raises(Refused, match=message) as caught:
        refuse_too_wide(read_matchers(words), "prod", [beat()])
    assert "--wide" in caught.value.advice


@pytest.mark.parametrize(
    "words",
    [
        ["NodeCpuHigh"],
        ["service=crm"],
        ["env=prod", "severity=info"],
        ["job=prometheus", "alertname!=Watchdog"],
    ],
)
def test_any_other_is_let_pass(words: list[str]) -> None:
    refuse_too_wide(read_matchers(words), "prod", [beat()])


def test_what_a_silence_keeps_quiet_now_is_known_before_it_is_made() -> None:
    alerts = [{"labels": {"alertname": "A", "service": "crm"}}, {"labels": {"alertname": "A"}}]

    assert matched(read_matchers(["A", "service=crm"]), alerts) == [alerts[0]]
    assert matched(read_matchers(["A", "service="]), alerts) == [alerts[1]]
