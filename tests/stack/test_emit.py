"""Documents become bytes in one way, and come back as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stack.emit import from_yaml, to_json, to_yaml

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
documents = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(documents)
def test_what_is_written_as_yaml_is_read_back(document: dict[str, Any]) -> None:
    assert from_yaml(to_yaml(document)) == document


@given(documents)
def test_json_is_the_same_whatever_the_order_of_the_keys(document: dict[str, Any]) -> None:
    turned = dict(reversed(document.items()))

    assert json.loads(to_json(document)) == document
    assert to_json(turned) == to_json(document)
    assert to_json(document).endswith(b"\n")


def test_yaml_keeps_the_order_of_the_keys_as_the_tools_own_examples_do() -> None:
    document = {"scrape_configs": [{"job_name": "b"}, {"job_name": "ä"}], "global": {}}

    assert to_yaml(document).decode() == "scrape_configs:\n- job_name: b\n- job_name: ä\nglobal: {}\n"


def test_a_value_that_stands_twice_is_written_out_twice() -> None:
    label = {"env": "local"}

    assert b"&" not in to_yaml({"a": label, "b": label})
    assert to_yaml({"a": label, "b": label}).count(b"env: local") == 2


def test_long_text_and_words_that_look_like_something_else_come_back() -> None:
    document = {"a": "word " * 100, "on": "yes", "time": "12:30", "n": "1e3", "lines": "a\nb\n"}

    assert from_yaml(to_yaml(document)) == document


def test_what_is_no_yaml_says_where() -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        from_yaml("a: 1\nb: [}\n")
    assert caught.value.problem_mark.line == 1  # type: ignore[attr-defined]


def test_no_object_is_ever_made_of_yaml() -> None:
    with pytest.raises(yaml.YAMLError):
        from_yaml("!!python/object/apply:os.getcwd []")
