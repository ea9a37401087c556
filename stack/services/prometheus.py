"""Prometheus: scrapes, stores, evaluates the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack import web
from stack.emit import from_yaml, to_json, to_yaml
from stack.errors import DefinitionInvalid
from stack.places import shown
from stack.programs import Program, Release
from stack.references import fill_all, render_rules, secrets_in
from stack.scrape import jobs
from stack.service import Container, Process, Service
from stack.slo import objectives, slo_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["SERVICE"]

RELEASES = "https://github.com/prometheus/prometheus/releases/download/v{version}"


def _files(stack: Stack) -> Mapping[str, bytes]:
    rules = {f"rules/{stem}.yml": data for stem, data in _rules(stack)}
    return {"prometheus.yml": to_yaml(_configuration(stack)), **rules}


def _rules(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Yield the rule files in use and those of the objectives, by stem."""
    for stem, data in slo_rules(stack.environment).items():
        if stem in stack.rules:
            message = "the recordings of an objective have that name; give it another"
            raise DefinitionInvalid(file=shown(stack.rules[stem]), message=message)
        yield stem, data
    for stem, path in stack.rules.items():
        yield stem, render_rules(path, stack.environment)


def _configuration(stack: Stack) -> dict[str, Any]:
    """Merge what the services contribute with the environment's own section, in Prometheus' own schema.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
    """
    environment = stack.environment
    own = fill_all({k: v for k, v in environment.prometheus.items() if k != "scrape_configs"}, environment)
    return {
        **own,
        "global": {
            "scrape_interval": environment.scrape_interval,
            "scrape_timeout": environment.scrape_timeout,
            "evaluation_interval": environment.evaluation_interval,
            "external_labels": {"env": environment.name, **environment.external_labels},
            **own.get("global", {}),
        },
        "rule_files": [*_globs(stack), *own.get("rule_files", [])],
        "alerting": own.get("alerting") or _alerting(stack),
        "scrape_configs": list(jobs(stack)),
    }


def _globs(stack: Stack) -> list[str]:
    return ["rules/*.yml"] if stack.rules or objectives(stack.environment) else []


def _alerting(stack: Stack) -> dict[str, Any]:
    if "alertmanager" not in stack.services:
        return {}
    targets = {"static_configs": [{"targets": [stack.address("alertmanager")]}]}
    return {"alertmanagers": [{**targets, **web.client(stack, "alertmanager")}]}


def _process(stack: Stack) -> Process:
    return Process(
        argv=(
            "prometheus",
            *_flags(stack),
            *web.flags(stack, "prometheus"),
            *stack.environment.flags.get("prometheus", ()),
        )
    )


def _flags(stack: Stack) -> Iterator[str]:
    yield "--config.file={root}/current/prometheus/prometheus.yml"
    yield "--storage.tsdb.path={root}/data/prometheus"
    yield f"--storage.tsdb.retention.time={stack.environment.retention}"
    if stack.environment.retention_size:
        yield f"--storage.tsdb.retention.size={stack.environment.retention_size}"
    yield f"--web.listen-address={stack.listen('prometheus')}"
    yield "--web.enable-lifecycle"
    yield "--web.enable-admin-api"  # for backups: it alone writes down what is only in memory
    if stack.entrance:
        # Links lead through the proxy, which takes the prefix off again.
        yield f"--web.external-url={stack.entrance}/prometheus/"
        yield "--web.route-prefix=/"
    # An alert sent while every Alertmanager was away is sent again after this; the default is a minute. What
    # fires when it starts is sent before it knows of any: it looks for them every 5 s.
    yield "--rules.alert.resend-delay=5s"


def _holds(secret: str, tree: Tree) -> bool:
    """Say whether a scrape logs in with a secret: each scrape keeps the login that it began with.

    Neither another value in the file nor a reload changes that, as 3.5.3 was seen to do it; what is sent to
    Alertmanagers, to remote storage and to discovery is read anew each time.
    """
    document = from_yaml(tree.files.get("prometheus/prometheus.yml", b"")) or {}
    return secret in secrets_in({"scrapes": to_json(document.get("scrape_configs", []))})


SERVICE = Service(
    name="prometheus",
    summary="scrapes, stores, evaluates the rules",
    port=9090,
    process=_process,
    program=Program(
        name="prometheus",
        executables=("prometheus", "promtool"),
        floor="2.45",
        packages=("prometheus", "promtool"),
        release=Release(
            archive=f"{RELEASES}/prometheus-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    files=_files,
    reload=("/-/reload",),
    holds=_holds,
    data=True,
    container=Container(
        network="core",
        joins=("services", "outside"),
        guarded=True,
        shares=("discovered:ro",),
        discovers=True,
        memory="2g",
        cpus=2.0,
        pids=500,
    ),
    web=True,
)
