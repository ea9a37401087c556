"""What a probe looks at: a release, a runtime in memory, and one server that answers for every service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.probe import Probe, Sight, Waiting
from stack.emit import to_yaml
from stack.tree import Tree
from tests.doubles.prometheus import PrometheusDouble
from tests.doubles.runtime import FakeRuntime
from tests.pipelines.core.doubles import release

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer


@dataclass
class Scene:
    """A deployed release, of which a test says what its servers answer."""

    server: HTTPServer
    prometheus: PrometheusDouble
    sight: Sight

    def page(self, path: str, text: str, status: int = 200) -> None:
        """Answer with a page, from now on."""
        self.server.expect_request(path).respond_with_data(text, status=status)

    def document(self, path: str, document: object) -> None:
        """Answer with JSON."""
        self.server.expect_request(path).respond_with_json(document)


@pytest.fixture
def scene(httpserver: HTTPServer, tmp_path: Path) -> Any:
    """Build a scene: files by path replace the rendered ones, sections are the environment's."""

    def build(files: dict[str, Any] | None = None, *, since: float = 0.0, **sections: Any) -> Scene:
        made = release("lab", **sections)
        own = {path: to_yaml(document) for path, document in (files or {}).items()}
        made = replace(made, tree=Tree({**made.tree.files, **own}))
        base = httpserver.url_for("").rstrip("/")
        runtime = FakeRuntime(tmp_path, doors=dict.fromkeys(made.stack.defined, base))
        double = PrometheusDouble().serve(httpserver)
        return Scene(httpserver, double, Sight(made, runtime, since))

    return build


@pytest.fixture
def waits() -> Any:
    """Ask a probe that cannot pass yet, and give what it says is missing."""

    def ask(probe: Probe, scene: Scene) -> str:
        with pytest.raises(Waiting) as missing:
            probe.run(scene.sight)
        return str(missing.value)

    return ask
