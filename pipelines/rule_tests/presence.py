"""Whether what an alert rests on is there in a test: only then does its silence say something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.rule_tests.series import read_by

if TYPE_CHECKING:
    from promql_parser import Expr

    from pipelines.rule_tests.reading import Made, Rules
    from pipelines.rule_tests.series import SeriesByName
    from stack.promql.selectors import Selector

__all__ = ["Presence"]


@dataclass
class Presence:
    """What is there for the rules of a test file, in one test.

    Args:
        rules: the rules.
        series: the input series; None where they cannot be read, and all is taken to be there.
    """

    rules: Rules
    series: SeriesByName | None
    _known: dict[Made, bool] = field(default_factory=dict)

    def of(self, made: Made) -> bool:
        """Say whether a rule could have a result, were its thresholds others; where in doubt, it could."""
        if made not in self._known:
            self._known[made] = (
                False  # while it is looked at: a rule that rests on itself has no other ground
            )
            tree = self.rules.reading.syntax(made.rule.expression)
            self._known[made] = self.series is None or tree is None or self._in(tree)
        return self._known[made]

    def _in(self, tree: Expr) -> bool:
        from promql_parser import BinaryExpr, MatrixSelector, VectorSelector

        from stack.promql.syntax import children

        if isinstance(tree, MatrixSelector):
            return self._in(tree.vector_selector)
        if isinstance(tree, VectorSelector):
            return self._read(tree)
        if not isinstance(tree, BinaryExpr):
            return all(self._in(child) for child in children(tree))
        if str(tree.op) == "unless":
            return self._in(tree.lhs)
        sides = (self._in(tree.lhs), self._in(tree.rhs))
        return any(sides) if str(tree.op) == "or" else all(sides)

    def _read(self, tree: Expr) -> bool:
        from stack.promql.selectors import selectors

        (selector,) = selectors(tree)
        return selector.name is None or self._is_there(selector)

    def _is_there(self, selector: Selector) -> bool:
        assert self.series is not None, "asked for in `of`"
        return bool(read_by(selector, self.series)) or any(map(self.of, self.rules.behind(selector)))
