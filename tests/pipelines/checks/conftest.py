"""A rendered tree for one test: small and clean, until the test puts something else in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.check import ALERTMANAGER, PROMETHEUS, Inspection
from stack.assemble import runs, services
from stack.dashboards.reading import Dashboard, dashboards_in
from stack.emit import to_json, to_yaml
from stack.environment import Environment
from stack.metric_files import metric_files
from stack.references import secrets_in
from stack.service import Stack
from stack.tree import Tree
from tests.tools import tools as find

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[3]

ENV = {"env": "test"}
CLEAN: dict[str, Any] = {
    "prometheus": {
        "global": {
            "scrape_interval": "15s",
            "scrape_timeout": "10s",
            "evaluation_interval": "15s",
            "sample_limit": 10_000,
            "label_limit": 40,
        },
        "rule_files": ["rules/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:9093"]}]}]},
        "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": ["a:9100"], "labels": ENV}]}],
    },
    "alertmanager": {
        "route": {"receiver": "team", "group_by": ["alertname", "env"], "group_interval": "20s"},
        "receivers": [{"name": "team", "webhook_configs": [{"url": "http://127.0.0.1:9095/"}]}],
    },
    "routing": {
        "routes": [
            {
                "name": "the team is told",
                "labels": {"alertname": "Down", "severity": "page", "env": "test"},
                "receivers": ["team"],
                "group": {"alertname": "Down", "env": "test"},
            }
        ]
    },
    "rules": {
        "node": """\
groups:
  - name: node
    rules:
      - alert: Down
        expr: up == 0
        labels: {severity: page}
        annotations: {summary: a summary, description: a description, runbook_url: "https://wiki.example/Down"}
"""
    },
}


@pytest.fixture(scope="session")
def tools() -> Mapping[str, Path]:
    return find("promtool", "amtool", "alertmanager")


def written(content: object) -> bytes:
    """Give a file's bytes: text as it is, anything else as YAML."""
    return content.encode() if isinstance(content, str) else to_yaml(content)  # type: ignore[arg-type]


def rendered(case: Mapping[str, Any]) -> Tree:
    """Give the files of a case."""
    parts = {**CLEAN, **case}
    files = {PROMETHEUS: written(parts["prometheus"]), ALERTMANAGER: written(parts["alertmanager"])}
    files |= {f"prometheus/rules/{stem}.yml": written(text) for stem, text in parts["rules"].items()}
    files |= {path: written(content) for path, content in case.get("files", {}).items()}
    return Tree(files)


@pytest.fixture
def inspect(tmp_path: Path) -> Callable[..., Inspection]:
    """Build the inspection of a case, its tree written out as the validate stage does it."""

    def build(case: Mapping[str, Any], tools: Mapping[str, Path] | None = None) -> Inspection:
        tree = rendered(case)
        tree.write(tmp_path / "current")
        (tmp_path / "secrets").mkdir()
        for name in secrets_in(tree.files):
            (tmp_path / "secrets" / name).write_text("stand-in")
        return Inspection(stack(case, tmp_path), tree, tmp_path, tools or {}, repository(case, tmp_path))

    return build


def repository(case: Mapping[str, Any], folder: Path) -> Path:
    """Give the repository: this one, or that of which a case gives the files."""
    for path, content in case.get("repository", {}).items():
        file = folder / "repository" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written(content))
    return folder / "repository" if "repository" in case else ROOT


def stack(case: Mapping[str, Any], folder: Path) -> Stack:
    """Give the stack of a case, its rule tests and routing tests written below a folder."""
    environment = Environment.model_validate({"name": "test", **case.get("environment", {})})
    tests = {}
    for stem, text in case.get("rule_tests", {}).items():
        tests[stem] = folder / "sources" / f"{stem}.yml"
        tests[stem].parent.mkdir(exist_ok=True)
        tests[stem].write_bytes(written(text))
    routing = routing_file({**CLEAN, **case}["routing"], folder / "sources" / "routing")
    defined = services()
    running = {name: service for name, service in defined.items() if runs(service, environment)}
    return Stack(
        environment,
        running,
        defined,
        rule_tests=tests,
        routing_tests=routing,
        dashboards=dashboards(case, folder / "sources" / "dashboards"),
        metrics=contracts(case, folder),
    )


def dashboards(case: Mapping[str, Any], folder: Path) -> dict[str, Dashboard]:
    """Write the dashboards of a case: text as it is, anything else as JSON."""
    for stem, model in case.get("dashboards", {}).items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stem}.json").write_bytes(model.encode() if isinstance(model, str) else to_json(model))
    return dashboards_in((folder.parent,), {})


def routing_file(content: object, folder: Path) -> Path | None:
    """Write the routing tests of a case, where it has any."""
    if content is None:
        return None
    folder.mkdir(parents=True)
    path = folder / "test.yml"
    path.write_bytes(written(content))
    return path


def contracts(case: Mapping[str, Any], folder: Path) -> dict[str, tuple[Path, ...]]:
    """Give the sources of the metric contracts: those that are shipped, and over them a case's own."""
    own = folder / "site"
    for stem, content in case.get("metrics", {}).items():
        path = own / "stack" / "metrics" / f"{stem}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(content))
    return metric_files((ROOT, own))
