from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import promql_parser
import pytest
import yaml

from pipelines.checks.metric_contract import CHECK
from pipelines.core.check import Inspection
from stack.assemble import assemble
from stack.dashboards.queries import queries
from stack.dashboards.reading import dashboards_in
from stack.promql.variables import filled
from stack.rendering import render_tree
from tests.dashboards.boards import ENVIRONMENTS, ROOT, STEMS, board, deployed, environment, shown

if TYPE_CHECKING:
    from pathlib import Path

UNITS = {"Bps", "bytes", "cps", "none", "ops", "percent", "pps", "reqps", "s", "short", "wps"}
SUBJECTS = {
    *("alertmanager", "blackbox", "command_center", "docker", "grafana", "node", "overview", "pipeline"),
    *("postgres", "prometheus", "redis", "resources", "slo"),
}


def test_the_sdk_is_exactly_the_one_whose_types_are_of_today() -> None:
    # The index holds an older numbering that looks newer: an upgrade would jump back to Grafana 10.
    assert version("grafana-foundation-sdk").removeprefix("v") == "0.0.21"


def test_every_subject_has_one() -> None:
    assert set(STEMS) >= SUBJECTS


def test_every_uid_and_every_title_is_there_once() -> None:
    # A second one would take Grafana's permission to save any file of the folder.
    models = [board(stem).model for stem in STEMS]
    assert len({found["uid"] for found in models}) == len(models)
    assert len({found["title"] for found in models}) == len(models)
    assert all(re.fullmatch(r"[a-z-]{2,40}", found["uid"]) for found in models)


@pytest.mark.parametrize("stem", STEMS)
def test_another_process_gives_the_same_bytes(stem: str) -> None:
    values = environment("prod").values
    code = (
        f"import json, sys; from dashboards.{stem} import dashboard as made; "
        "print(json.dumps(made(json.load(sys.stdin)), sort_keys=True))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(values),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7"},
    )
    assert other.stdout.strip() == json.dumps(board(stem).model, sort_keys=True)


@pytest.mark.parametrize("stem", STEMS)
def test_nothing_that_a_server_owns_is_in_the_model(stem: str) -> None:
    assert not {"id", "version", "iteration", "__inputs", "gnetId"} & set(board(stem).model)


@pytest.mark.parametrize("stem", STEMS)
def test_panels_have_ids_of_their_own_that_do_not_move_with_their_order(stem: str) -> None:
    ids = [panel["id"] for panel in board(stem).model["panels"]]
    assert len(set(ids)) == len(ids)
    assert all(0 < number < 2**31 for number in ids)
    assert sorted(ids) != list(range(1, len(ids) + 1))


@pytest.mark.parametrize("stem", STEMS)
def test_every_panel_says_what_it_is_what_it_means_and_in_which_unit(stem: str) -> None:
    for panel in shown(board(stem).model):
        assert panel.title
        assert len(panel.body["description"]) > 15, panel.title
        assert panel.body["description"].endswith("."), panel.title
        assert panel.unit in UNITS, panel.title
        assert panel.targets or panel.kind == "dashlist", panel.title


@pytest.mark.parametrize("stem", STEMS)
def test_every_query_parses_once_its_variables_are_filled_in(stem: str) -> None:
    for query in queries(board(stem).model):
        promql_parser.parse(filled(query.expression))
        assert "$" not in re.sub(r'"[^"]*"', "", filled(query.expression)), query.expression


def test_every_metric_of_every_dashboard_is_declared(tmp_path: Path) -> None:
    # Also of those that no shipped environment has, which `invoke check` does not come by.
    made = environment("prod")
    stack = replace(assemble(made, root=ROOT), dashboards=dashboards_in((ROOT,), made.values))
    inspection = Inspection(stack, render_tree(stack, {})[1], tmp_path, {}, ROOT)

    assert set(stack.dashboards) == set(STEMS)
    assert [problem.line() for problem in CHECK.run(inspection)] == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_query_goes_to_the_one_data_source_and_follows_the_chosen_environment(stem: str) -> None:
    model = board(stem).model
    for panel in shown(model):
        assert panel.body["datasource"] == {"type": "prometheus", "uid": "prometheus"}
        for target in panel.body.get("targets", []):
            assert target["datasource"] == panel.body["datasource"]
            assert 'env=~"$env"' in target["expr"], panel.title
    assert next(variable["name"] for variable in model["templating"]["list"]) == "env"


@pytest.mark.parametrize("stem", STEMS)
def test_each_choice_follows_those_before_it_and_is_of_a_label_that_the_queries_ask_for(stem: str) -> None:
    model = board(stem).model
    asked = " ".join(query.expression for query in queries(model))
    first, *others = model["templating"]["list"]
    assert all(f'=~"${variable["name"]}"' in asked for variable in (first, *others))
    assert all(variable["multi"] and variable["includeAll"] for variable in (first, *others))
    if stem != "slo":  # an objective is one, whichever environment's Prometheus watches it
        assert all('env=~"$env"' in variable["query"] for variable in others)


@pytest.mark.parametrize("stem", STEMS)
def test_panels_fill_the_grid_without_overlap(stem: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board(stem).model["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
    assert len(taken) == 24 * (1 + max(y for _, y in taken))


@pytest.mark.parametrize("stem", STEMS)
def test_it_draws_itself_anew_and_marks_alerts_and_deploys(stem: str) -> None:
    found = board(stem).model
    alerts, deploys = found["annotations"]["list"]
    assert found["refresh"] == "15s"
    assert alerts["expr"].startswith("ALERTS{")
    assert deploys["expr"] == '1000 * monitoring_deploy_last_run_timestamp_seconds{env=~"$env"}'
    assert deploys["useValueForTime"]
    assert all(mark["enable"] and not mark["hide"] for mark in (alerts, deploys))
    assert yaml.safe_load(json.dumps(found)) == found


@pytest.mark.parametrize("stem", STEMS)
def test_a_panel_that_may_be_empty_is_there_and_says_what_fills_it(stem: str) -> None:
    made = board(stem)
    assert set(made.empty) <= {panel.title for panel in shown(made.model)}
    assert all(len(reason) > 10 for reason in made.empty.values())


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_an_environment_does_not_watch_is_not_shown_there(name: str) -> None:
    assert {"overview", "node", "prometheus", "alertmanager", "pipeline", "slo"} <= set(deployed(name))
    assert not {"docker", "postgres", "redis", "resources"} & set(deployed(name))
