"""Route trees and alerts for tests, from a world small enough that they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["RECEIVERS", "alerts", "configurations"]

RECEIVERS = ["a", "b", "c", "d"]
NAMES = ["env", "severity", "team"]
VALUES = ["prod", "dev", "page", "info", 'a "b"', "x\\y"]
PATTERNS = ["prod|dev", "p.*", ".*", ".+", "[a-z]+", "(page|info)", "", "x\\\\y"]


def _written(name: str, op: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}{op}"{escaped}"'


matchers = st.builds(
    _written, st.sampled_from(NAMES), st.sampled_from(["=", "!="]), st.sampled_from([*VALUES, ""])
) | st.builds(_written, st.sampled_from(NAMES), st.sampled_from(["=~", "!~"]), st.sampled_from(PATTERNS))
alerts = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), min_size=1)
groupings = st.lists(st.sampled_from(NAMES), unique=True, max_size=2) | st.just(["..."])


def _routes(children: SearchStrategy[Any] | None = None) -> SearchStrategy[Any]:
    below: dict[str, SearchStrategy[Any]] = (
        {"routes": st.lists(children, max_size=3)} if children is not None else {}
    )
    return st.fixed_dictionaries(
        {"matchers": st.lists(matchers, max_size=2)},
        optional={
            "receiver": st.sampled_from(RECEIVERS),
            "continue": st.booleans(),
            "group_by": groupings,
            **below,
        },
    )


routes = st.recursive(_routes(), _routes, max_leaves=6)
configurations: SearchStrategy[dict[str, Any]] = st.builds(
    lambda receiver, children, grouping: {
        "route": {"receiver": receiver, "routes": children, **grouping},
        "receivers": [{"name": name} for name in RECEIVERS],
    },
    st.sampled_from(RECEIVERS),
    st.lists(routes, min_size=1, max_size=4),
    st.fixed_dictionaries({}, optional={"group_by": groupings}),
)
