"""Whether a label's value satisfies a condition on it, as PromQL and Alertmanager write them."""

from __future__ import annotations

import re

__all__ = ["satisfies"]

GO_ALONE = "[:"
"""What names a class of characters in Go's expressions, and something else in ours."""


def satisfies(op: str, wanted: str, value: str) -> bool:
    """Say whether a value satisfies a condition; a label that is not there has an empty value.

    An expression that only Go's engine can read is taken to accept everything.

    Args:
        op: one of = != =~ !~.
        wanted: the text, or the regular expression, which must match the whole value.
        value: the label's.

    Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors
    """
    if op in {"=", "!="}:
        return (wanted == value) is (op == "=")
    if GO_ALONE in wanted:
        return True
    try:
        return bool(re.fullmatch(wanted, value, re.ASCII | re.DOTALL)) is (op == "=~")
    except re.error:
        return True
