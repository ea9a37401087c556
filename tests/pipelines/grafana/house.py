"""A repository with two dashboards, deployed to a double of Grafana that a test edits as a person does."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.toolbox import Toolbox
from stack.assemble import assemble
from stack.binaries import Binary
from stack.clients.grafana import Grafana
from stack.emit import to_json
from stack.environment import Environment
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table
from stack.runtimes.protocol import Release
from tests.doubles import grafana as double
from tests.pipelines.core.doubles import Noting, effects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipelines.core.effects import Effects
    from stack.clients.http import Session
    from stack.service import Stack

__all__ = ["House", "housed"]

PASSWORD = "made up for this test"
PYTHON = """
def dashboard(values):
    return {"uid": "built", "title": "Built", "schemaVersion": 42, "panels": [{"title": "A", "unit": "s"}]}
"""
MODEL = {
    "uid": "node",
    "title": "Node",
    "schemaVersion": 42,
    "panels": [
        {
            "id": 1,
            "title": "Memory",
            "targets": [{"refId": "A", "expr": "memory"}],
            "gridPos": {"h": 8, "w": 12},
        },
        {"id": 2, "title": "Disk", "targets": [{"refId": "A", "expr": "disk"}], "gridPos": {"h": 8, "w": 12}},
    ],
}


@dataclass
class LoggingIn(Noting):
    """Logs in to Grafana."""

    def door(self, stack: Stack, service: str) -> Session:
        return replace(super().door(stack, service), auth=("admin", PASSWORD))


@dataclass
class House:
    """A repository, what was deployed of it, and its Grafana while that is served."""

    folder: Path
    version: str = double.VERSION
    environment: str = "local"
    runtime: Noting = field(init=False)
    server: double.Grafana = field(init=False)

    @property
    def root(self) -> Path:
        return self.folder / "repository"

    @property
    def node(self) -> Path:
        return self.root / "dashboards" / "node.json"

    @property
    def grafana(self) -> Grafana:
        return Grafana(self.runtime.door(self.release().stack, "grafana"))

    def build(self) -> House:
        (self.root / "dashboards").mkdir(parents=True)
        self.node.write_bytes(to_json(MODEL))
        (self.root / "dashboards" / "built.py").write_text(PYTHON)
        self.runtime = LoggingIn(self.folder / "var" / "local")
        return self

    def release(self) -> Release:
        stack = assemble(Environment.model_validate({"name": self.environment}), root=self.root)
        digest, tree = render_tree(stack, process_table(stack))
        return Release(digest, stack, tree)

    def deploy(self) -> Release:
        made = self.release()
        watched = self.folder / "watched"
        for old in watched.glob("*"):
            old.unlink()
        made.tree.write(self.folder / "current" if not self.runtime.live().release else self.folder / made.id)
        watched.mkdir(exist_ok=True)
        for path, data in made.tree.below("grafana/dashboards").files.items():
            (watched / Path(path).name).write_bytes(data)
        self.runtime.deployed(made)
        return made

    def effects(self, *, sites: tuple[Path, ...] = (), **values: Any) -> Effects:
        made = effects(self.folder / "var", self.runtime, **values)
        options = replace(made.options, sites=sites, environment=self.environment)
        return replace(made, root=self.root, options=options, toolbox=Toolbox(_every, lambda _: None))

    def edit(self, uid: str, change: Callable[[dict[str, Any]], None], message: str = "") -> None:
        """Edit as a person does: open, change, save."""
        live = self.grafana.dashboard(uid)
        model: dict[str, Any] = json.loads(json.dumps(live.model))
        change(model)
        self.grafana.save(model, folder=live.folder, message=message, mark=live.mark)


@contextmanager
def housed(house: House) -> Iterator[House]:
    """Deploy, and serve a Grafana from the rendered files."""
    made = house.build().deploy()
    process = made.stack.defined["grafana"].process(made.stack)
    environ = {name: value.replace("{root}", str(house.folder)) for name, value in process.env.items()}
    environ |= {
        "GF_SECURITY_ADMIN_PASSWORD": PASSWORD,
        "MONITORING_DASHBOARDS": str(house.folder / "watched"),
        "DOUBLE_VERSION": house.version,
    }
    with double.Grafana({"server": {"http_port": "0"}}, environ) as server:
        house.server = server
        house.runtime.doors = {"grafana": server.url}
        yield house
    assert server.unmatched == []


def _every(programs: Any, environment: Any) -> Mapping[str, Binary]:
    return {
        program.name: Binary(program.name, "1", "test", dict.fromkeys(program.executables, Path("/bin/true")))
        for program in programs
    }
