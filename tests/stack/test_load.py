"""An environment is its files laid over each other, and every mistake in them is told at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.assemble import ports, services
from stack.environment import Environment
from stack.errors import EnvironmentInvalid
from stack.layers import environments
from stack.load import load
from stack.secrets.kind import forms
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from stack.report import Problem
CASES = Path(__file__).parents[1] / "cases" / "environments"
SHIPPED = ("dev", "local", "prod", "staging")


class Site:
    """An overlay folder that a test fills."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "stack" / "environments").mkdir(parents=True)

    def file(self, name: str) -> Path:
        return self.root / "stack" / "environments" / f"{name}.yaml"

    def write(self, **files: str) -> Path:
        for name, text in files.items():
            self.file(name).write_text(text)
        return self.root


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


def told(name: str, *sites: Path, overrides: tuple[str, ...] = ()) -> list[str]:
    """Give the lines of what is wrong, without the folders that a test cannot know."""
    with pytest.raises(EnvironmentInvalid) as caught:
        load(name, sites=sites, overrides=overrides)
    assert caught.value.exit_code == 3
    problems = caught.value.report.problems
    assert {problem.check for problem in problems} == {"environment"}
    return [re.sub(r"\S*stack/environments/", "", problem.line()) for problem in problems]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_environment_is_right_and_survives_json(name: str) -> None:
    environment = load(name).environment
    assert (environment.name, environment.external_labels["env"]) == (name, name)
    assert Environment.model_validate(json.loads(environment.model_dump_json())) == environment


def test_the_shipped_environments_are_these_and_what_a_site_adds(site: Site) -> None:
    assert environments() == SHIPPED
    assert environments([site.write(base="values: {}", lab="extends: local")]) == ("dev", "lab", *SHIPPED[1:])


@pytest.mark.parametrize("case", sorted(CASES.rglob("*.yaml")), ids=lambda case: case.stem)
def test_every_mistake_of_a_case_is_told_at_its_place(case: Path, site: Site) -> None:
    text = case.read_text()
    expected = [f"{case.name}:{line}" for line in re.findall(r"^# expects: (.*)$", text, re.MULTILINE)]
    folder = site.write(**{case.stem: text})
    if expected:
        assert sorted(told(case.stem, folder)) == sorted(expected)
    else:
        assert load(case.stem, sites=[folder]).environment.name == case.stem


def test_mappings_merge_and_lists_replace_down_a_chain_of_parents(site: Site) -> None:
    folder = site.write(
        base="extends: base\nvalues: {cpu_percent: 70, mine: 1}\nexternal_labels: {region: eu}\n",
        prod="extends: prod\nvalues: {mine: 2}\nports: {grafana: 80}\nbinaries: {sources: [path]}\n",
    )
    environment = load("prod", sites=[folder]).environment
    assert (environment.values["cpu_percent"], environment.values["mine"]) == (70, 2)
    assert environment.values["memory_percent"] == 90
    assert environment.external_labels == {"env": "prod", "region": "eu"}
    assert (environment.binaries.sources, environment.binaries.suite) == (("path",), "forky")
    assert environment.notifications == "real"


def test_of_two_sites_the_later_one_wins(tmp_path: Path) -> None:
    first = Site(tmp_path / "a").write(lab="extends: local\nretention: 4d\nsmoke_deadline: 9s\n")
    second = Site(tmp_path / "b").write(lab="extends: lab\nretention: 5d\n")
    environment = load("lab", sites=[first, second]).environment
    assert (environment.retention, environment.smoke_deadline) == ("5d", "9s")
    assert load("lab", sites=[second, first]).environment.retention == "4d"


def test_a_mistake_is_told_at_the_file_it_stands_in(site: Site) -> None:
    folder = site.write(
        lab="extends: middle\nvalues: {a: 1}\nretention: soon\n",
        middle="\n\nextends: local\nruntim: native\nports:\n  web: 80\n",
    )
    known = suggestion("web", ports(services()))
    assert told("lab", folder) == [
        "lab.yaml:3:12: retention: 'soon' is no duration; write it like 30s, 5m, 1h30m or 15d",
        "middle.yaml:4:1: runtim: unknown key (did you mean 'runtime'?)",
        f"middle.yaml:6:3: ports.web: there is no service 'web' ({known})",
    ]


def test_where_names_the_file_that_has_the_last_word(site: Site) -> None:
    folder = site.write(prod="extends: prod\nalertmanager:\n  route: {group_wait: 3s}\n")
    overrides = ["ports.grafana=80", "alertmanager.route.repeat_interval=1h"]
    loaded = load("prod", sites=[folder], overrides=overrides)
    assert loaded.where("alertmanager", "route", "group_wait") == (
        f"{site.file('prod')}:3:23: alertmanager.route.group_wait"
    )
    shipped = loaded.where("alertmanager", "receivers", 0, "name")
    assert re.search(r"stack/environments/prod\.yaml:\d+:13: alertmanager\.receivers\.0\.name$", shipped)
    assert loaded.where("alertmanager", "route") == f"{site.file('prod')}:3:10: alertmanager.route"
    assert loaded.where("ports", "grafana") == "--set ports.grafana"
    assert loaded.where("ports", "grafana", "no") == "--set ports.grafana: ports.grafana.no"


def test_a_chain_must_end(site: Site) -> None:
    folder = site.write(
        a="extends: b", b="extends: a", c="extends: localhost", lab="extends: lab", d="extends: [base]"
    )
    assert told("a", folder) == [
        f"b.yaml:1:10: extends: extends itself: {site.file('a')} -> {site.file('b')} -> a (let one of them "
        "extend base)".replace(f"{site.root}/stack/environments/", "")
    ]
    assert told("c", folder) == [
        "c.yaml:1:10: extends: there is no environment 'localhost' to extend (did you mean 'local'?)"
    ]
    assert "extends itself" in told("lab", folder)[0]
    assert told("d", folder)[0].startswith(
        "d.yaml:1:10: extends: there is no environment '['base']' to extend"
    )


def test_an_unreadable_parent_is_told_alone(site: Site) -> None:
    folder = site.write(lab="extends: middle\nfoo: 1\n", middle="a: [\n")
    assert told("lab", folder) == [
        "middle.yaml:2:1: is no valid YAML: did not find expected node content",
    ]


def test_overrides_are_values_like_any_other() -> None:
    overrides = (
        "ports.prometheus=19090",
        "alertmanager.route.group_wait=2s",
        "values.new.deep=[1, no]",
        "retention_size=",
        "binaries.paths={node_exporter: /opt/n}",
        "ports.prometheus=19091",
        "values.a=b=c",
    )
    environment = load("local", overrides=overrides).environment
    assert environment.ports == {"prometheus": 19091}
    assert environment.alertmanager["route"]["group_wait"] == "2s"
    assert environment.alertmanager["route"]["receiver"] == "slack-dev"
    assert environment.values["new"] == {"deep": [1, "no"]}
    assert environment.values["a"] == "b=c"
    assert environment.retention_size == ""
    assert environment.binaries.paths == {"node_exporter": "/opt/n"}


def test_wrong_overrides_are_told_by_what_was_typed() -> None:
    overrides = ("ports.promethus=1", "ports.grafana=x", "prots.grafana=1", "runtime", "a..b=1", "values.x=[")
    more = ("runtime.x=1", "name=prod", "extends=dev", "binaries={sourcs: []}", "secrets.s=hunter2", "=1")
    assert {
        re.sub(r"; .*| \(known.*| itself$", "", line) for line in told("local", overrides=overrides + more)
    } == {
        "--set : must be PATH=VALUE (as in --set ports.prometheus=19090)",
        "--set a..b: must be PATH=VALUE (as in --set ports.prometheus=19090)",
        "--set binaries: binaries.sourcs: unknown key (did you mean 'sources'?)",
        "--set extends: only a file can name its parent",
        "--set name: is the name of the file",
        '--set ports.grafana: must be a whole number, not "x"',
        "--set ports.promethus: there is no service 'promethus' (did you mean 'prometheus'?)",
        "--set prots.grafana: prots: unknown key (did you mean 'ports'?)",
        "--set runtime.x: runtime: must be 'native' or 'compose'",
        "--set runtime: must be PATH=VALUE (as in --set ports.prometheus=19090)",
        f"--set secrets.s: must be {forms()}, never the value",
        "--set values.x: is no valid YAML: did not find expected node content",
    }


def test_a_secret_made_from_another_needs_that_other_one() -> None:
    made = ("secrets.a=generated", "secrets.b=bcrypt:a", "secrets.c=bcrypt:b", "secrets.d=bcrypt:aa")
    good = ("secrets.e=bcrypt:grafana_admin_password",)
    assert told("local", overrides=(*made, *good)) == [
        "--set secrets.c: 'b' is itself made from another secret",
        "--set secrets.d: there is no secret 'aa' (did you mean 'a'?)",
    ]


def test_an_unknown_environment_names_those_that_there_are(site: Site, tmp_path: Path) -> None:
    (line,) = told("stagin", site.write(lab="extends: base"))
    assert line.startswith(
        "--env stagin: there is no such environment; there are dev, lab, local, prod, staging"
    )
    assert line.endswith(" (did you mean 'staging'?)")
    assert told("base")[0].startswith("--env base: there is no such environment")
    assert told("../environments/local")[0].startswith("--env ../environments/local: there is no such")
    assert told("local", tmp_path / "none") == [f"--site {tmp_path}/none: there is no such folder"]


def test_a_reserved_name_is_refused(site: Site) -> None:
    (line,) = told("cache", site.write(cache="extends: base"))
    assert (
        line == "cache.yaml:1:1: name: 'cache' is the name of a folder of ours; give the environment another"
    )


def test_names_of_a_site_may_be_named(site: Site) -> None:
    rules = site.root / "rules"
    rules.mkdir()
    (rules / "shop.yml").write_text("groups: []\n")
    text = (
        "extends: local\ndisable: {rules: [shop], scrape_jobs: [shop, aetherlink-command-center]}\n"
        "prometheus: {scrape_configs: [{job_name: shop}]}\n"
    )
    assert load("lab", sites=[site.write(lab=text)]).environment.disable.rules == ("shop",)


KEYS = st.sampled_from([*Environment.model_fields, "extends", "kind", "grafana", "sources", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("${{ x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES))
def test_no_document_raises_anything_but_its_mistakes(document: dict[str, object]) -> None:
    overrides = [f"{key}={json.dumps(value)}" for key, value in document.items()]
    problems: tuple[Problem, ...] = ()
    try:
        load("local", overrides=overrides)
    except EnvironmentInvalid as error:
        problems = error.report.problems
    assert all(found.where.startswith("--set ") or ".yaml:" in found.where for found in problems)
    assert all("\n" not in found.line() for found in problems)
