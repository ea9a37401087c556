"""The scrape jobs of an environment: the services' own, and those that the environment passes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.duration import seconds
from stack.references import fill_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.service import Service, Stack

__all__ = ["jobs", "jobs_of", "shorter"]


def jobs(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Give every scrape job, each with `env` as a target label.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
    """
    every = (*_of_services(stack), *_passed_through(stack))
    return tuple(job for job in every if job["job_name"] not in stack.environment.disable.scrape_jobs)


def shorter(duration: str, other: str) -> str:
    """Give the shorter of two durations."""
    return min(duration, other, key=seconds)


def jobs_of(service: Service, stack: Stack) -> Iterator[Mapping[str, Any]]:
    """Give the scrape jobs of a service that have targets in this environment."""
    for job in service.scrape(stack):
        complete = {"job_name": service.name, **job}
        complete.setdefault("static_configs", _static(stack, service))
        if complete["static_configs"] or "http_sd_configs" in complete:
            yield {key: value for key, value in complete.items() if value != []}


def _of_services(stack: Stack) -> Iterator[Mapping[str, Any]]:
    for service in stack.defined.values():
        yield from jobs_of(service, stack)


def _static(stack: Stack, service: Service) -> list[Mapping[str, Any]]:
    own = [stack.address(service.name)] if service.name in stack.services else []
    targets = [*own, *stack.environment.targets.get(service.name, ())]
    return [{"targets": targets, "labels": {"env": stack.environment.name}}] if targets else []


def _passed_through(stack: Stack) -> Iterator[Mapping[str, Any]]:
    label = {"target_label": "env", "replacement": stack.environment.name}
    for job in fill_all(stack.environment.prometheus.get("scrape_configs", []), stack.environment):
        yield {**job, "relabel_configs": [label, *(job.get("relabel_configs") or [])]}
