"""Labels are used as a whole or not at all, and what is wrong is told in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.exporters.discoverer.labels import PREFIX, Unusable, Wish, wish


def said(**labels: str) -> dict[str, str]:
    return {f"{PREFIX}{key}": value for key, value in labels.items()}


@pytest.mark.parametrize(
    "labels", [{}, {"port": "80"}, {"scrape": "false", "port": "x"}, {"scrape": "False"}]
)
def test_who_does_not_ask_is_not_scraped_and_need_not_be_right(labels: dict[str, str]) -> None:
    assert wish({"other": "true", **said(**labels)}) is None


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, Wish()),
        ({"port": "9187"}, Wish(ports=(9187,))),
        ({"port": " 80, 81,80 "}, Wish(ports=(80, 81))),
        (
            {"path": "/probe?module=tcp&target=a%3A1"},
            Wish(path="/probe", params=(("module", "tcp"), ("target", "a:1"))),
        ),
        ({"scheme": "https", "job": " my shop "}, Wish(scheme="https", job="my shop")),
    ],
)
def test_labels_say_ports_page_scheme_and_job(labels: dict[str, str], expected: Wish) -> None:
    assert wish(said(scrape="True", **labels)) == expected


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        ({"scrape": "yes"}, "prometheus.io/scrape is 'yes', and must be `true` or `false`"),
        ({"scrape": ""}, "prometheus.io/scrape is '', and must be `true` or `false`"),
        ({"port": "80, http"}, "prometheus.io/port has 'http', and must be ports, `9187` or `80, 9187`"),
        ({"port": "80,"}, "prometheus.io/port has '', and must be ports"),
        ({"port": "0"}, "prometheus.io/port has '0'"),
        ({"port": "65536"}, "prometheus.io/port has '65536'"),
        ({"port": "-1"}, "prometheus.io/port has '-1'"),
        ({"port": "\uff18\uff10"}, "prometheus.io/port has '\uff18\uff10'"),
        ({"path": "metrics"}, "prometheus.io/path is 'metrics', and must be a path like /metrics"),
        ({"path": "/a b"}, "prometheus.io/path is '/a b'"),
        ({"path": "/a?b"}, "prometheus.io/path is '/a?b'"),
        ({"path": "/a?b-c=1"}, "prometheus.io/path is '/a?b-c=1'"),
        ({"scheme": "ftp"}, "prometheus.io/scheme is 'ftp', and must be `http` or `https`"),
        ({"job": ""}, "prometheus.io/job is '', and must be a name of at most 100 letters"),
        ({"prot": "80"}, "there is no label prometheus.io/prot; did you mean 'port'?"),
        ({"qwx": "80"}, "there is no label prometheus.io/qwx"),
        ({"path": "x" * 5000}, f"prometheus.io/path is '{'x' * 40}…', and must"),
        ({"job": "a\nlevel=error all is lost"}, "prometheus.io/job is 'a?level=error all is lost', and must"),
    ],
)
def test_one_wrong_label_is_told_and_the_others_are_not_used(labels: dict[str, str], line: str) -> None:
    with pytest.raises(Unusable) as told:
        wish(said(**{"scrape": "true", "port": "80", **labels}))

    assert str(told.value).startswith(line)
    assert told.value.about == "labels"


@given(st.dictionaries(st.sampled_from(["scrape", "port", "path", "scheme", "job"]), st.text(max_size=20)))
def test_whatever_labels_hold_they_are_read_or_told_in_one_short_line(labels: dict[str, str]) -> None:
    read, line = outcome(said(**{"scrape": "true", **labels}))

    assert line.isprintable()
    assert len(line) < 200
    assert read is None or (read.path.startswith("/") and all(0 < port < 65536 for port in read.ports))


def outcome(labels: dict[str, str]) -> tuple[Wish | None, str]:
    try:
        return wish(labels), ""
    except Unusable as error:
        return None, str(error)
