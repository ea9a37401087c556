"""A snapshot says of itself what it holds, and nothing else is taken for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backups.manifest import Entry, Manifest, Part
from stack.errors import Refused

WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
ENTRIES = st.builds(Entry, st.integers(0, 2**40), st.text("0123456789abcdef", min_size=64, max_size=64))
FACTS = st.dictionaries(WORDS, st.one_of(WORDS, st.integers(), st.lists(WORDS)), max_size=3)
PARTS = st.builds(
    Part,
    st.dictionaries(WORDS, st.integers(0, 10**9), max_size=3),
    FACTS,
    st.dictionaries(WORDS, ENTRIES, max_size=4),
)
MANIFESTS = st.builds(
    Manifest,
    WORDS,
    st.floats(0, 4e9),
    WORDS,
    st.dictionaries(WORDS, WORDS, max_size=3),
    st.dictionaries(WORDS, PARTS, max_size=3),
)


@given(MANIFESTS)
def test_what_is_written_is_read_back(manifest: Manifest) -> None:
    assert Manifest.read(manifest.written(), where="here") == manifest
    assert manifest.size == sum(part.size for part in manifest.parts.values())


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b'{"format": 1}', b'{"format": 1, "parts": []}']
)
def test_what_is_none_is_refused_and_says_where(data: bytes) -> None:
    with pytest.raises(Refused, match="snapshot abc holds no manifest of ours"):
        Manifest.read(data, where="snapshot abc")


def test_one_of_another_format_says_which_version_reads_it() -> None:
    data = json.dumps({"format": 2})

    with pytest.raises(Refused, match="has manifest format 2; this version reads 1") as caught:
        Manifest.read(data, where="here")
    assert "the version of this repository that made it" in caught.value.advice
