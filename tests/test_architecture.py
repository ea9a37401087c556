"""The house keeps its shape: imports go one way, and no file or function outgrows what a reader can hold."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PRODUCT = ("dashboards", "stack", "backups", "pipelines")
LONGEST_MODULE, LONGEST_FUNCTION = 250, 40

# Lowest first: a module may import from its own layer and from those below it.
HOUSE = ({"rules", "dashboards"}, {"stack"}, {"backups"}, {"pipelines"}, {"tasks"}, {"tests"})
STACK = (
    {"errors", "report"},
    {
        "cron",
        "databases",
        "discover",
        "discovery",
        "documents",
        "duration",
        "emit",
        "matching",
        "moment",
        "places",
        "container",
        "programs",
        "section",
        "suggestion",
        "tree",
    },
    {"alerting", "clients", "download", "promql"},
    {
        "access",
        "backup",
        "dashboards",
        "exporters",
        "imports",
        "references",
        "secrets",
        "service",
        "sources",
        "watched",
    },
    {
        "binaries",
        "images",
        "discovery_jobs",
        "entry",
        "marks",
        "metric_files",
        "multi_target",
        "notifications",
        "passthrough",
        "proxy",
        "rehearsal",
        "rule_files",
        "scrape",
        "slo",
        "upgrade",
        "upgrades",
        "web",
    },
    {"contract", "environment", "layers", "services"},
    {"assemble", "imaging", "mistakes"},
    {"crosscheck", "preflight", "rendering", "routing_tests", "schema"},
    {"load", "runtimes"},
)
PIPELINES = (
    {"core"},
    {"audits", "clock", "grafana", "rule_tests"},
    {"alerting", "checks", "probes"},
    {"stages"},
    {"checklists"},
    {"a pipeline", "commands"},
)


def module(path: Path) -> str:
    """Name a file as an import would."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    module(path): path
    for path in (
        *(path for top in (*PRODUCT, "tests") for path in sorted((ROOT / top).rglob("*.py"))),
        ROOT / "tasks.py",
        ROOT / "noxfile.py",
    )
}
SHIPPED = {name: path for name, path in SOURCES.items() if not name.startswith("tests")}


@cache
def parsed(path: Path) -> ast.Module:
    """Give a file's syntax tree."""
    return ast.parse(path.read_text())


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs, also inside functions.

    What only a type checker reads is left out: a signature may name what lies above it (a service's function
    takes the stack that it is part of, a helper of the stages takes the effects). It documents, and couples
    nothing: either module can be loaded, tested and replaced without the other.
    """
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from executed(child)


@cache
def imports(path: Path) -> frozenset[str]:
    """Name the modules that a file imports when it runs."""
    found: set[str] = set()
    for node in executed(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{name.name}" for name in node.names}
            found |= (names & SOURCES.keys()) or {node.module or "."}
    return frozenset(found)


def top(name: str) -> str:
    """Name the top-level folder or file of a module."""
    return name.partition(".")[0]


def below(name: str) -> str:
    """Name the part of its top-level folder that a module belongs to."""
    second = name.split(".")[1] if "." in name else "core"
    is_pipeline = top(name) == "pipelines" and "." in name and not (ROOT / "pipelines" / second).is_dir()
    return "a pipeline" if is_pipeline else second


def height(part: str, layers: tuple[set[str], ...]) -> int:
    """Give the layer of a part, from 0."""
    found = [at for at, parts in enumerate(layers) if part in parts]
    assert found, f"{part} is new here: say in tests/test_architecture.py which layer it belongs to"
    return found[0]


def climbs(name: str, other: str) -> bool:
    """Say whether an import goes up."""
    if top(name) != top(other):
        return height(top(name), HOUSE) < height(top(other), HOUSE)
    layers = {"stack": STACK, "pipelines": PIPELINES}.get(top(name))
    if layers is None or "." not in name or "." not in other:
        return False
    return height(below(name), layers) < height(below(other), layers)


SCRIPTS = {"noxfile"}
OURS = {part for parts in HOUSE for part in parts}


def test_a_module_imports_only_what_lies_below_it() -> None:
    ways = [(name, other) for name, path in SOURCES.items() for other in sorted(imports(path))]
    ours = [(name, other) for name, other in ways if name != "noxfile" and top(other) in OURS]

    assert [f"{name} imports {other}" for name, other in ours if climbs(name, other)] == []


def test_every_part_of_the_stack_and_the_pipelines_has_its_layer() -> None:
    for name in SHIPPED:
        if top(name) in {"stack", "pipelines"} and "." in name:
            height(below(name), STACK if top(name) == "stack" else PIPELINES)


def test_no_two_modules_need_each_other() -> None:
    graph = {name: {other for other in imports(path) if other in SOURCES} for name, path in SOURCES.items()}

    assert list(TopologicalSorter(graph).static_order())


def test_leaves_are_discovered_and_never_imported_by_name() -> None:
    users = [name for name, path in SHIPPED.items() if {"rules", "dashboards"} & set(map(top, imports(path)))]

    assert [name for name in users if top(name) != "dashboards"] == []


def test_nox_needs_nothing_of_the_project() -> None:
    assert {top(name) for name in imports(ROOT / "noxfile.py")} & OURS == set()


def test_only_the_doors_reach_processes_and_the_network() -> None:
    # A download streams to a file, goes on where it was cut off, and gives a silent address up at once.
    doors = {
        "docker": {"stack.clients.docker"},
        "subprocess": {"stack.clients.command"},
        "requests": {"stack.clients.docker", "stack.clients.http", "stack.download", "stack.sources._reach"},
    }
    for door, keepers in doors.items():
        users = {name for name, path in SHIPPED.items() if door in map(top, imports(path))}
        assert {name for name in users if not name.startswith("stack.exporters")} == keepers


def test_a_module_and_its_functions_can_be_held_in_mind() -> None:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    modules = {name: len(path.read_text().splitlines()) for name, path in SOURCES.items()}
    inner = {
        f"{name}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, path in SOURCES.items()
        for node in ast.walk(parsed(path))
        if isinstance(node, functions)
    }

    assert {name: lines for name, lines in modules.items() if lines > LONGEST_MODULE} == {}
    assert {name: lines for name, lines in inner.items() if lines > LONGEST_FUNCTION} == {}


def test_a_module_says_what_it_is_for_and_what_it_offers() -> None:
    silent = []
    for name, path in SHIPPED.items():
        first = (ast.get_docstring(parsed(path)) or "").partition("\n")[0]
        defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in parsed(path).body)
        offers = any("__all__" in ast.unparse(node) for node in parsed(path).body)
        if not first.endswith((".", "?")) or (defines and not offers and name not in SCRIPTS):
            silent.append(name)

    assert silent == []
