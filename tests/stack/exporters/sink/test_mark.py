"""What the sink reads of a message that it takes for somebody else."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.exporters.sink.mark import Mark, read_mark

WORDS = st.lists(st.text(string.printable + "äöü温🌡"), max_size=4)


def written(status: str, alerts: list[str], envs: list[str]) -> str:
    """Write a mark as Alertmanager does: of what one types, Go quotes as JSON."""
    alerts, envs = ([json.dumps(word, ensure_ascii=False) for word in words] for words in (alerts, envs))
    return " ".join([f"@{status}; alerts", *alerts]) + " ".join(["; envs", *envs])


@given(st.sampled_from(["firing", "resolved"]), WORDS, WORDS)
def test_whatever_an_alert_is_called_it_is_read_back(status: str, alerts: list[str], envs: list[str]) -> None:
    assert read_mark(written(status, alerts, envs)) == Mark(status, tuple(alerts), tuple(envs))


@pytest.mark.parametrize(("quoted", "read"), [(r"\a\x00", "\a\0"), (r"\u0085", "\x85"), (r"\q", r"\q")])
def test_escapes_of_go_are_understood_and_what_is_none_stays(quoted: str, read: str) -> None:
    assert read_mark(f'@firing; alerts "{quoted}"; envs') == Mark("firing", (read,))


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_anything_else_is_no_mark(anything: object) -> None:
    assert read_mark(anything) is None
