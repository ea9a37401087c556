"""Rules and tests of a case, as the engine sees them, and the real promtool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.check import Inspection
from stack.assemble import services
from stack.emit import to_yaml
from stack.environment import Environment
from stack.service import Stack
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def promtool(promtool: str) -> Path:
    return Path(promtool)


@pytest.fixture
def inspect(tmp_path: Path) -> Callable[..., Inspection]:
    """Build the inspection of some rule files and test files, by their stems."""

    def build(
        rules: Mapping[str, Any], tests: Mapping[str, Any], tools: Mapping[str, Path] | None = None
    ) -> Inspection:
        sources = {}
        (tmp_path / "rules" / "tests").mkdir(parents=True, exist_ok=True)
        for stem, content in tests.items():
            sources[stem] = tmp_path / "rules" / "tests" / f"{stem}.yml"
            sources[stem].write_bytes(written(content))
        for stem, content in rules.items():
            (tmp_path / "rules" / f"{stem}.yml").write_bytes(written(content))
        paths = {stem: tmp_path / "rules" / f"{stem}.yml" for stem in rules}
        environment = Environment.model_validate({"name": "test"})
        stack = Stack(environment, {}, services(), rules=paths, rule_tests=sources)
        tree = Tree({f"prometheus/rules/{stem}.yml": written(content) for stem, content in rules.items()})
        return Inspection(stack, tree, tmp_path, tools or {}, ROOT)

    return build


def written(content: Any) -> bytes:
    """Give a file's bytes: text as it is, anything else as YAML."""
    return content.encode() if isinstance(content, str) else to_yaml(content)
