"""Whatever lies in the tree, a check gives problems and never falls over."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.check import ALERTMANAGER, PROMETHEUS, Check, Inspection
from pipelines.stages.validate import TOOLS
from stack.assemble import services
from stack.contract.reading import Contracts, read_contracts
from stack.dashboards.reading import dashboards_in
from stack.discover import definitions
from stack.emit import to_yaml
from stack.environment import Environment
from stack.metric_files import metric_files
from stack.service import Stack
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[3]
OWN = {
    name: check
    for name, check in definitions("pipelines.checks", "CHECK", Check).items()
    if not name.startswith(TOOLS)
}
# What the checks ask for, so that the documents lead them somewhere.
WORDS = """
scrape_configs job_name static_configs targets labels env relabel_configs metric_relabel_configs regex
replacement target_label action metrics_path params honor_labels file_sd_configs files rule_files url
remote_write alerting alertmanagers global scrape_interval external_labels tls_config ca_file route routes
receiver receivers name matchers match match_re continue group_wait repeat_interval inhibit_rules
source_matchers target_matchers source_match equal templates slack_configs text groups rules alert record
expr severity annotations summary interval datasources uid isDefault panels templating list query type
static_configs sample_limit label_limit expr families closed events waivers series
"""
SHOWN = """
uid title schemaVersion type id gridPos x y w h description fieldConfig defaults unit thresholds steps value
mode custom thresholdsStyle overrides properties targets expr refId legendFormat interval format datasource
hide options legend showLegend rows panels libraryPanel repeatPanelId yaxes styles templating annotations list
name query includeAll allValue current __inputs pluginId target builtIn
row timeseries stat gauge graph prometheus loki query datasource absolute line $env ${DS_A} env 5s $a
label_values(up,$env) up{env="$env"}==0 rate(up[$__interval])>0 sum(up{env="a"})/up or+up
"""
LINES = """
up == 0
sum by (job) (rate(x[1s])) > 1
a / on (b) c
rate(x[99y])
sum(
node_load1{mode="x", $a="$b"} / on (host) group_left (a) rate(up[$__range])
label_values(node_load1, $x)
severity=~"("
env=~"prod|dev"
alertname="a"
a="b"
{{ $labels.a }} {{ $value }}
${1} ${X} $(Y) @release@
http://[
://:@
"""
KEYS = WORDS.split()
VALUES = [*LINES.splitlines(), "'", "\\", "*", "[", "\0", "0s", "5m", "/", "..", "x" * 300]
leaf = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
)
document = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=40,
)
rule = st.fixed_dictionaries(
    {"expr": document},
    optional={"alert": document, "record": document, "labels": document, "annotations": document},
)
rules = document | st.fixed_dictionaries(
    {"groups": st.lists(st.fixed_dictionaries({"rules": st.lists(rule)}, optional={"name": document}))}
)


shown_leaf = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.sampled_from(SHOWN.split())
)
shown = st.recursive(
    shown_leaf,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(SHOWN.split()), inner, max_size=6)
    ),
    max_leaves=20,
)
panel = st.dictionaries(st.sampled_from(SHOWN.split()), shown, max_size=6) | st.fixed_dictionaries(
    {},
    optional={
        "type": shown_leaf,
        "gridPos": st.fixed_dictionaries(dict.fromkeys("xywh", shown_leaf)),
        "targets": st.lists(
            st.fixed_dictionaries(
                {"expr": st.sampled_from([*LINES.splitlines(), *SHOWN.split()])},
                optional={"legendFormat": shown_leaf, "datasource": shown, "interval": shown_leaf},
            ),
            max_size=2,
        ),
        "fieldConfig": st.fixed_dictionaries({"defaults": shown}),
        "panels": st.lists(shown, max_size=2),
    },
)
listed = st.fixed_dictionaries({"list": st.lists(shown, max_size=3)})
dashboard = st.fixed_dictionaries(
    {"panels": st.lists(panel, max_size=3) | shown},
    optional={
        "uid": shown,
        "title": shown,
        "schemaVersion": shown,
        "rows": shown,
        "templating": listed | shown,
        "annotations": listed | shown,
        "__inputs": shown,
        "spec": shown,
        "dashboard": shown_leaf,
    },
)


@cache
def shipped() -> Contracts:
    """Read the contracts once: they are the same for every example."""
    return read_contracts(metric_files((ROOT,)))


def run_all(files: Mapping[str, bytes], folder: Path, checks: Mapping[str, Check] = OWN) -> int:
    """Run checks, every one of our own unless others are given, and count what they find."""
    files_of_contracts = metric_files((ROOT, folder))
    (folder / "dashboards").mkdir(exist_ok=True)
    for path in [path for path in files if path.startswith("dashboards/")]:
        (folder / path).write_bytes(files[path])
    stack = Stack(
        Environment.model_validate({"name": "test"}),
        services(),
        services(),
        dashboards=dashboards_in((folder,), {}),
        metrics=files_of_contracts,
    )
    inspection = Inspection(stack, Tree(files), folder, {}, folder)
    if not (folder / "stack").exists():
        inspection._views["contracts"] = shipped()
    return sum(len([problem.line() for problem in check.run(inspection)]) for check in checks.values())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.tuples(document, document, rules, document, document))
def test_no_document_makes_a_check_fall_over(tmp_path: Path, documents: tuple[Any, ...]) -> None:
    prometheus, alertmanager, some_rules, dashboard, source = documents
    files = {
        PROMETHEUS: to_yaml(prometheus),
        ALERTMANAGER: to_yaml(alertmanager),
        "prometheus/rules/a.yml": to_yaml(some_rules),
        "prometheus/rules/b.yml": to_yaml(some_rules),
        "dashboards/a.json": json.dumps(dashboard).encode(),
        "grafana/provisioning/datasources/a.yaml": to_yaml({"datasources": [source, source]}),
    }
    run_all(files, tmp_path)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(models=st.lists(dashboard, min_size=2, max_size=2))
def test_no_dashboard_makes_a_check_fall_over(tmp_path: Path, models: list[dict[str, Any]]) -> None:
    files = {
        f"dashboards/{name}.json": json.dumps(model).encode()
        for name, model in zip("ab", models, strict=True)
    }
    looking = {name: check for name, check in OWN.items() if name.startswith(("dashboard", "metric"))}
    run_all(files, tmp_path, looking)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary() | st.text().map(str.encode))
def test_no_bytes_make_a_check_fall_over(tmp_path: Path, data: bytes) -> None:
    paths = (
        PROMETHEUS,
        ALERTMANAGER,
        "prometheus/rules/a.yml",
        "dashboards/a.json",
        "blackbox/blackbox.yml",
    )
    run_all(dict.fromkeys(paths, data), tmp_path)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 100_000,
        "-" * 100_000 + "x",
        "x + " * 3_000 + "x",
        "x or " * 1_500 + "x",
        "sum(" * 250 + "x" + ")" * 250,
        "x / " * 290 + "x",
        "x unless " * 290 + 'x{env="$env"}',
        "rate(" + "-(" * 140 + "x" + ")" * 140 + "[5m:])",
    ],
)
def test_a_nesting_too_deep_for_a_parser_is_left_to_promtool(tmp_path: Path, expression: str) -> None:
    rules = [{"record": "a", "expr": f"{expression} offset 99d"}, {"alert": "b", "expr": expression}]
    targets = [{"expr": f"{expression}{rest}"} for rest in ("", " > 5", "[$__interval]")]
    panels = [{"type": kind, "targets": [target]} for target in targets for kind in ("gauge", "timeseries")]
    variable = {"name": "env", "type": "query", "query": f"label_values({expression}, $env)"}
    files = {
        "prometheus/rules/a.yml": to_yaml({"groups": [{"name": "a", "rules": rules}]}),
        "dashboards/a.json": json.dumps({"panels": panels, "templating": {"list": [variable]}}).encode(),
    }
    assert run_all(files, tmp_path)


def test_yaml_that_contains_itself_is_no_endless_walk(tmp_path: Path) -> None:
    looped = b"""
groups: &a
  - name: a
    rules: [&b {alert: x, expr: up, labels: *b, annotations: {a: '${x}', b: *a}}]
"""
    assert run_all({"prometheus/rules/a.yml": looped}, tmp_path)
