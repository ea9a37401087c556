"""Dashboards as hypothesis draws them: odd ones too, as people's are."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["MODELS", "as_saved"]

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=4)
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | WORDS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["title", "name", "refId", "unit", "options", "pluginVersion", "a", "builtIn"])
NAMED = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=4)
MODELS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "uid": WORDS,
        "title": WORDS,
        "panels": NAMED,
        "tags": st.lists(WORDS, max_size=3),
        "templating": st.fixed_dictionaries({"list": NAMED}),
        "annotations": st.fixed_dictionaries({"list": NAMED}),
        "schemaVersion": st.integers(30, 42),
        "editable": st.booleans(),
        "version": st.integers(0, 9),
        "other": VALUES,
    },
)


def as_saved(model: dict[str, Any]) -> dict[str, Any]:
    """Give a model as Grafana shows it after somebody has saved it unchanged."""
    usual = {"editable": True, "preload": False, "links": [], "weekStart": "", "timepicker": {}}
    return {**usual, **model, "id": 7, "version": 12}
