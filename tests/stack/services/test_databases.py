"""The exporters of databases run where an environment names one, and their login stays in files."""

from __future__ import annotations

import re

import pytest

from stack.assemble import assemble
from stack.load import load
from stack.multi_target import INSTANCE
from stack.references import needed_secrets
from stack.scrape import jobs
from stack.tree import Tree
from tests.lab import ROOT
from tests.stack.services.lab import stack

SECRETS = {"postgres": {"postgres_uri", "postgres_password"}, "redis": {"redis_passwords"}}


@pytest.fixture(params=sorted(SECRETS))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_no_shipped_environment_runs_or_watches_one_and_its_rules_are_tested_all_the_same(name: str) -> None:
    for environment in ("dev", "local", "prod", "staging"):
        made = assemble(load(environment).environment, root=ROOT)
        assert name not in made.services
        assert name in made.idle_rules
        assert f"{name}_test" in made.rule_tests


def test_one_that_runs_elsewhere_is_scraped_and_its_rules_are_loaded(name: str) -> None:
    made = stack(root=ROOT, targets={name: ["db:1234"]})
    [job] = [job for job in jobs(made) if job["job_name"] == name]

    assert job["static_configs"] == [{"targets": ["db:1234"], "labels": {"env": "lab"}}]
    assert name not in made.services
    assert name in made.rules


def test_one_of_ours_is_scraped_and_reads_its_login_from_files(name: str) -> None:
    made = stack(root=ROOT, services={name: True, "grafana": False}, ports={name: 12_345})
    process = made.services[name].process(made)
    [job] = [job for job in jobs(made) if job["job_name"] == name]

    assert job["static_configs"][0]["targets"] == ["127.0.0.1:12345"]
    assert name in made.rules
    assert set(needed_secrets(made, Tree({}))) == SECRETS[name]
    words = f"{process.argv} {process.env}"
    assert all(f"{{root}}/secrets/{secret}" in words for secret in SECRETS[name])


def test_a_redis_without_a_password_needs_no_secret_of_the_environment() -> None:
    services = {"redis": True, "grafana": False}
    made = stack(services=services)
    assert needed_secrets(made, Tree({})) == {"redis_passwords": "exec:printf {}"}

    own = stack(services=services, secrets={"redis_passwords": "env:REDIS"})
    assert needed_secrets(own, Tree({})) == {"redis_passwords": "env:REDIS"}


MANY = {
    "postgres": [{"address": "db-1:5432", "user": "a b", "database": "x"}, {"address": "[::1]:5432"}],
    "redis": [{"address": "cache:6379"}, {"address": "cache:6380", "tls": True}],
}
ASKED = {
    "postgres": [
        "postgresql://a%20b@db-1:5432/x?sslmode=verify-full",
        "postgresql://monitoring@[::1]:5432/postgres?sslmode=verify-full",
    ],
    "redis": ["redis://cache:6379", "rediss://cache:6380"],
}


def test_many_are_asked_through_one_exporter_whose_own_page_is_not_scraped(name: str) -> None:
    made = stack(root=ROOT, databases={name: MANY[name]}, ports={name: 12_345})
    found = {job["job_name"]: job for job in jobs(made) if job["job_name"].startswith(name)}
    [job] = found.values()

    assert name in made.services
    assert name in made.rules
    assert job["job_name"] != name
    assert job["static_configs"] == [{"targets": ASKED[name], "labels": {"env": "lab"}}]
    assert {"target_label": "job", "replacement": name} in job["relabel_configs"]
    assert {"target_label": "__address__", "replacement": "127.0.0.1:12345"} in job["relabel_configs"]
    assert set(needed_secrets(made, Tree({}))) >= {f"{name}_passwords"}
    assert not {"postgres_uri", "postgres_password"} & set(needed_secrets(made, Tree({})))


def test_those_that_others_ask_stand_beside_them(name: str) -> None:
    made = stack(databases={name: MANY[name]}, targets={name: ["db:1234"]})
    [own] = [job for job in jobs(made) if job["job_name"] == name]

    assert own["static_configs"] == [{"targets": ["db:1234"], "labels": {"env": "lab"}}]


@pytest.mark.parametrize(
    ("address", "instance"),
    [
        ("postgresql://a%20b@db-1:5432/x?sslmode=disable", "db-1:5432/x"),
        ("redis://cache:6379", "cache:6379"),
        ("rediss://[::1]:6379", "[::1]:6379"),
    ],
)
def test_what_people_call_a_database_is_its_instance(address: str, instance: str) -> None:
    found = re.fullmatch(INSTANCE, address)
    assert found
    assert found[1] == instance
