"""The exporters of databases run where an environment names one, and their login stays in files."""

from __future__ import annotations

import pytest

from stack.assemble import assemble
from stack.load import load
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
