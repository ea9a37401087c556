"""The scrape jobs of an environment: the services' own, and those that the environment passes through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stack.discovery_jobs import discovery_jobs
from stack.duration import seconds
from stack.references import fill_all
from stack.web import client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment
    from stack.service import Service, Stack

__all__ = ["jobs", "jobs_of", "owners", "shorter"]


def jobs(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Give every scrape job, each with `env` as a target label, and with limits.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
    """
    every = (*_of_services(stack), *discovery_jobs(stack.environment), *_passed_through(stack))
    wanted = (job for job in every if job["job_name"] not in stack.environment.disable.scrape_jobs)
    return tuple(_limited(job, stack.environment) for job in wanted)


def owners(stack: Stack) -> dict[str, str]:
    """Give the service that brings each scrape job, also of those jobs that have no target here."""
    whole = replace(stack, services=stack.defined)
    return {
        job.get("job_name", name): name
        for name, service in stack.defined.items()
        for job in service.scrape(whole)
    }


def shorter(duration: str, other: str) -> str:
    """Give the shorter of two durations."""
    return min(duration, other, key=seconds)


def jobs_of(service: Service, stack: Stack) -> Iterator[Mapping[str, Any]]:
    """Give the scrape jobs of a service that have targets in this environment."""
    for job in service.scrape(stack):
        complete = {"job_name": service.name, **client(stack, service.name), **job}
        complete.setdefault("static_configs", _static(stack, service))
        if complete["static_configs"] or any(key.endswith("_sd_configs") for key in complete):
            yield {key: value for key, value in complete.items() if value != []}


def _of_services(stack: Stack) -> Iterator[Mapping[str, Any]]:
    for service in stack.defined.values():
        yield from jobs_of(service, stack)


def _static(stack: Stack, service: Service) -> list[Mapping[str, Any]]:
    own = [stack.pages(service.name)] if service.name in stack.services else []
    targets = [*own, *stack.environment.targets.get(service.name, ())]
    return [{"targets": targets, "labels": {"env": stack.environment.name}}] if targets else []


def _limited(job: Mapping[str, Any], environment: Environment) -> Mapping[str, Any]:
    """Add the limits that neither the job nor Prometheus' own global section sets."""
    usual, everywhere = environment.cardinality, environment.prometheus.get("global") or {}
    limits = {"sample_limit": usual.sample_limit, "label_limit": usual.label_limit}
    limits = {key: limit for key, limit in limits.items() if key not in everywhere}
    if job["job_name"] in usual.jobs:
        limits["sample_limit"] = usual.jobs[job["job_name"]]
    return {**job, **{key: limit for key, limit in limits.items() if key not in job}}


def _passed_through(stack: Stack) -> Iterator[Mapping[str, Any]]:
    label = {"target_label": "env", "replacement": stack.environment.name}
    for job in fill_all(stack.environment.prometheus.get("scrape_configs", []), stack.environment):
        yield {**job, "relabel_configs": [label, *(job.get("relabel_configs") or [])]}
