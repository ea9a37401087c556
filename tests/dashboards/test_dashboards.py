from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest
import yaml

from stack.discover import stems
from stack.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

DASHBOARDS = stems("dashboards")
ROOT = Path(__file__).parents[2]
VALUES = load("prod").environment.values
VARIABLES = {"$__rate_interval": "5m", "$__range": "6h"}
UNITS = {"Bps", "cps", "none", "percent", "s", "short", "wps"}
KNOWN = re.compile(
    r"ALERTS|up|scrape_\w+|(aether|alertmanager|node|prometheus|resource|watchdog)_\w+|"
    r"(instance|instance_mountpoint|env_key|env_service):\w+:\w+"
)


def model(stem: str) -> dict[str, Any]:
    return dict(importlib.import_module(f"dashboards.{stem}").dashboard(VALUES))


def panels(stem: str) -> list[dict[str, Any]]:
    return [panel for panel in model(stem)["panels"] if panel["type"] != "row"]


def queries(stem: str) -> Iterator[str]:
    for panel in panels(stem):
        yield from (target["expr"] for target in panel["targets"])
    yield from (annotation["expr"] for annotation in model(stem)["annotations"]["list"])


def filled(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def metrics(expression: str) -> set[str]:
    found = promql_parser.parse(filled(expression)).prettify()
    bare = re.sub(r'"(\\.|[^"\\])*"|\{[^}]*\}|\b(by|without|on|ignoring)\s*\([^)]*\)|\[[^]]*\]', " ", found)
    return {name for name in re.findall(r"[a-zA-Z_][\w:]*(?!\w|\s*\()", bare) if not bare_word(name)}


def bare_word(name: str) -> bool:
    return name in {"or", "and", "unless", "bool"}


def test_the_sdk_is_exactly_the_one_whose_types_are_of_today() -> None:
    # The index holds an older numbering that looks newer: an upgrade would jump back to Grafana 10.
    assert version("grafana-foundation-sdk").removeprefix("v") == "0.0.21"


def test_both_dashboards_of_the_first_set_are_found() -> None:
    assert {"overview", "command_center"} <= set(DASHBOARDS)


def test_every_uid_and_every_title_is_there_once() -> None:
    # A second one would take Grafana's permission to save any file of the folder.
    models = [model(stem) for stem in DASHBOARDS]
    assert len({found["uid"] for found in models}) == len(models)
    assert len({found["title"] for found in models}) == len(models)
    assert all(len(found["uid"]) <= 40 for found in models)


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_another_process_gives_the_same_bytes(stem: str) -> None:
    code = (
        f"import json, sys; from dashboards.{stem} import dashboard as made; "
        "print(json.dumps(made(json.load(sys.stdin)), sort_keys=True))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(VALUES),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7"},
    )
    assert json.loads(other.stdout) == model(stem)
    assert other.stdout.strip() == json.dumps(model(stem), sort_keys=True)


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_nothing_that_a_server_owns_is_in_the_model(stem: str) -> None:
    assert not {"id", "version", "iteration", "__inputs", "gnetId"} & set(model(stem))


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_panels_have_ids_of_their_own_that_do_not_move_with_their_order(stem: str) -> None:
    ids = [panel["id"] for panel in model(stem)["panels"]]
    assert len(set(ids)) == len(ids)
    assert all(0 < number < 2**31 for number in ids)
    assert sorted(ids) != list(range(1, len(ids) + 1))


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_every_panel_says_what_it_is_what_it_means_and_in_which_unit(stem: str) -> None:
    for panel in panels(stem):
        assert panel["title"]
        assert len(panel["description"]) > 15, panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["targets"], panel["title"]


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_every_query_parses_once_its_variables_are_filled_in(stem: str) -> None:
    for expression in queries(stem):
        promql_parser.parse(filled(expression))
        assert "$" not in re.sub(r'"[^"]*"', "", filled(expression)), expression


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_every_metric_is_one_that_the_stack_has(stem: str) -> None:
    for expression in queries(stem):
        found = metrics(expression)
        assert found, expression
        assert all(KNOWN.fullmatch(name) for name in found), expression


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_a_recording_that_is_shown_is_recorded_by_a_rule(stem: str) -> None:
    recorded = set(
        re.findall(r"record: (\S+)", "".join(p.read_text() for p in (ROOT / "rules").glob("*.yml")))
    )
    shown = {name for expression in queries(stem) for name in metrics(expression) if ":" in name}
    assert shown <= recorded


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_every_query_goes_to_the_one_data_source_and_follows_the_chosen_environment(stem: str) -> None:
    for panel in panels(stem):
        for target in panel["targets"]:
            assert target["datasource"] == {"type": "prometheus", "uid": "prometheus"}
            assert 'env=~"$env"' in target["expr"]
    assert next(v["name"] for v in model(stem)["templating"]["list"]) == "env"


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_panels_fill_the_grid_without_overlap(stem: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in model(stem)["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
    assert len(taken) == 24 * (1 + max(y for _, y in taken))


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_links_lead_to_dashboards_that_exist_and_keep_the_environment(stem: str) -> None:
    urls = [link["url"] for panel in panels(stem) for link in panel.get("links", [])]
    assert urls
    for url in urls:
        uid, _, rest = url.removeprefix("/d/").partition("?")
        assert uid in {model(other)["uid"] for other in DASHBOARDS}
        assert rest == "${env:queryparam}"
    (menu,) = model(stem)["links"]
    assert (menu["type"], menu["tags"], menu["includeVars"]) == ("dashboards", model(stem)["tags"], True)


@pytest.mark.parametrize("stem", DASHBOARDS)
def test_it_draws_itself_anew_and_marks_alerts(stem: str) -> None:
    found = model(stem)
    assert found["refresh"] == "15s"
    assert found["annotations"]["list"][0]["expr"].startswith("ALERTS{")
    assert yaml.safe_load(json.dumps(found)) == found
