"""Whatever a file holds, reading it gives a document or a problem with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stack.marks import parse, read
from stack.places import shown

if TYPE_CHECKING:
    from pathlib import Path

    from stack.places import Marked

DOCUMENT = """\
# The places count from one.
ports:
  grafana: 3030
resources:
  - {name: shop, status: [200, 204]}
"""

UNREADABLE = {
    "a syntax error": (
        b"a: 1\nb: c: d\n",
        "2:5: is no valid YAML: mapping values are not allowed in this context",
    ),
    "an open bracket": (b"a: [1, 2\n", "2:1: is no valid YAML: did not find expected ',' or ']'"),
    "a tab": (b"a:\n  b: 1\n\tc: 2\n", "3:1: is indented by a tab; YAML wants spaces"),
    "an unknown alias": (b"a: *b\n", "1:4: is no valid YAML: found undefined alias"),
    "a foreign tag": (
        b"a: 1\nb: !shell x\n",
        "2:4: is no valid YAML: could not determine a constructor for the tag '!shell'",
    ),
    "a value that its tag forbids": (b"a: !!int soon\n", "1:4: is no valid YAML: is no int"),
    "two documents": (
        b"a: 1\n---\nb: 2\n",
        "2:1: is no valid YAML: but found another document",
    ),
    "a byte order mark": (
        b"\xef\xbb\xbfa: 1\n",
        "1:1: starts with a byte order mark; save it as UTF-8 without one",
    ),
    "another encoding": ("a: 1\nb: ü\n".encode("latin-1"), "2:4: is no UTF-8; save the file as UTF-8"),
    "a control character": (b"a: \x00\n", " has a character that YAML does not allow; remove it"),
    "nothing": (b"", "1:1: is empty; write at least `extends: base`"),
    "nothing but comments": (b"# a: 1\n", "1:1: is empty; write at least `extends: base`"),
    "a list": (b"- a\n", "1:1: must hold keys and values at its top, as in `extends: base`"),
    "a word": (b"base\n", "1:1: must hold keys and values at its top, as in `extends: base`"),
    "deep nesting": (b"a: " + b"[" * 50_000, "1:103: is no valid YAML: nested too deep"),
    "deep keys": (b"? " * 50_000, "1:201: is no valid YAML: nested too deep"),
    "itself": (b"a: &a [*a]\n", "1:4: is no valid YAML: too deep, or too much for one file"),
    "aliases that grow and grow": (
        b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 10)) for c in range(98, 104)),
        "1:4: is no valid YAML: too deep, or too much for one file",
    ),
}

SURVIVED = {
    "duplicate keys": (
        b"a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n",
        {"a": 1, "b": {"c": 1, "d": 2}},
        ["2:17: b.c: duplicate key, first on line 2", "3:1: a: duplicate key, first on line 1"],
    ),
    "keys that are no text": (
        b"a: {1: x, [y]: z, true: t, b: 2}\n",
        {"a": {"b": 2}},
        [f"1:{column}: a: a key must be text; put quotes around it" for column in (11, 19, 5)],
    ),
}


def lines(marked: Marked) -> list[str]:
    return sorted(problem.line() for problem in marked.problems)


def test_every_key_and_value_has_its_place() -> None:
    marked = parse(DOCUMENT, "x.yaml")
    assert marked.document == {
        "ports": {"grafana": 3030},
        "resources": [{"name": "shop", "status": [200, 204]}],
    }
    assert marked.where(("ports", "grafana")) == "x.yaml:3:12: ports.grafana"
    assert marked.where(("ports", "grafana"), key=True) == "x.yaml:3:3: ports.grafana"
    assert marked.where(("resources", 0, "status", 1)) == "x.yaml:5:32: resources.0.status.1"
    assert marked.where(()) == "x.yaml:2:1"


def test_what_does_not_stand_anywhere_is_placed_at_what_would_hold_it() -> None:
    marked = parse(DOCUMENT, "x.yaml")
    assert marked.where(("ports", "sink")) == "x.yaml:2:1: ports.sink"
    assert marked.where(("resources", 7, "name")) == "x.yaml:4:1: resources.7.name"
    assert marked.where(("values", "x")) == "x.yaml:2:1: values.x"
    assert marked.at(("ports", "sink")) is None


def test_scalars_are_those_of_yaml_1_2() -> None:
    text = "{a: no, b: on, c: 12:30:45, d: 0644, e: 0o17, f: 1e3, g: ~, h: 2026-01-01, i: true}"
    expected = {"a": "no", "b": "on", "c": "12:30:45", "d": 644, "e": 15, "f": 1000.0, "g": None}
    assert parse(text, "x").document == expected | {"h": "2026-01-01", "i": True}


@pytest.mark.parametrize(("data", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_problem_with_its_place(
    data: bytes, expected: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    marked = read(file)
    assert lines(marked) == [f"{file}:{expected}"]
    assert marked.document is None


@pytest.mark.parametrize(("data", "document", "expected"), SURVIVED.values(), ids=SURVIVED)
def test_a_bad_key_is_told_and_the_rest_is_read(
    data: bytes, document: object, expected: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    marked = read(file)
    assert lines(marked) == [f"{file}:{line}" for line in expected]
    assert marked.document == document


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert lines(read(tmp_path / "x.yaml")) == [
        f"{tmp_path}/x.yaml: cannot be read: No such file or directory"
    ]
    assert lines(read(tmp_path)) == [f"{tmp_path}: cannot be read: Is a directory"]


def test_paths_below_the_current_folder_are_shown_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert shown(here / "a" / "x.yaml") == "a/x.yaml"
    assert shown(tmp_path / "x.yaml") == f"{tmp_path}/x.yaml"


@given(st.text(alphabet=st.one_of(st.sampled_from("{}[]:-?&*!|>'\"%@`#, \t\n\r\0ab01.~<"), st.characters())))
@example("\ud800")
@example("a: !!float ''")
@example("a: !!null x\n")
@example("%YAML 9.9\n---\n")
@example("a: " + "9" * 5000)
@example("!!map [a]")
def test_no_text_raises(text: str) -> None:
    marked = parse(text, "x")
    assert marked.document is None or not marked.problems or isinstance(marked.document, dict | list)
    assert all("\n" not in problem.line() for problem in marked.problems)
