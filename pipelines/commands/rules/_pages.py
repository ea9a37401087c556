"""Looks at what is exposed: at the pages of our own services, or at what Prometheus has scraped of a job."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from stack.clients.prometheus import Prometheus
from stack.contract.exposition import read_page
from stack.contract.family import SYNTHETIC
from stack.contract.jobs import contract_name, page
from stack.contract.reading import read_contracts
from stack.contract.scraped import scraped_page
from stack.errors import Refused
from stack.scrape import jobs, owners
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from stack.contract.exposition import Page
    from stack.service import Service, Stack

__all__ = ["own_pages", "page_of_job"]

RECENT = 300
"""Seconds that a series may have had no sample."""


def own_pages(stack: Stack, effects: Effects) -> Iterator[tuple[str, str, Page]]:
    """Yield each page that our own services are scraped for: its contract, its program, what it holds."""
    programs, services = _programs(stack, effects), owners(stack)
    for job in jobs(stack):
        service = services.get(job["job_name"], "")
        if service in stack.services and job.get("static_configs"):
            path, params = page(job)
            text = effects.runtime.door(stack, service).get(path, **params).text
            name = service if path == "/metrics" else job["job_name"]
            yield name, programs[service], read_page(text, f"{service}{path}")


def _programs(stack: Stack, effects: Effects) -> dict[str, str]:
    """Name what each service runs: its program and version, or the module that is one of ours."""
    return {
        status.service: _program(stack.services[status.service], stack, status.version)
        for status in effects.runtime.status(stack)
    }


def _program(service: Service, stack: Stack, version: str) -> str:
    if service.program is None:
        return next((word for word in service.process(stack).argv if word.startswith("stack.")), service.name)
    # A distribution's own suffix says nothing of what is exposed.
    return f"{service.program.name} {version.partition('+')[0]}".strip()


def page_of_job(job: str, stack: Stack, effects: Effects) -> tuple[str, str, Page]:
    """Give what the live Prometheus has scraped of a job: its contract, no program, what it holds.

    A label of the metrics' own that has the target's value everywhere cannot be told from the target's.

    Raises:
        Refused: there is no such job, or nothing was scraped of it.
        HttpFailed: the live Prometheus does not answer.
    """
    known = [found["job_name"] for found in jobs(stack)]
    if job not in known:
        raise Refused(message=f"there is no scrape job '{job}' in what is live", hint=suggestion(job, known))
    server = Prometheus(effects.runtime.door(stack, "prometheus"))
    series = server.series(f"{{job={json.dumps(job)}}}", since=time.time() - RECENT)
    found = scraped_page(server.target_labels(job), server.types(job), series, _made(server, stack))
    if not found.series:
        raise Refused(message=f"nothing was scraped of job '{job}' in {RECENT} s", hint="is its target up?")
    scraped = next(one for one in jobs(stack) if one["job_name"] == job)
    return contract_name(scraped, stack.metrics, owners(stack)) or job, "", found


def _made(server: Prometheus, stack: Stack) -> set[str]:
    """Name what Prometheus makes by itself, and what rules record."""
    synthetic = read_contracts({SYNTHETIC: stack.metrics.get(SYNTHETIC, ())}).by_name.get(SYNTHETIC)
    recorded = {rule["name"] for group in server.rule_groups() for rule in group["rules"]}
    return recorded | {series.name for series in (synthetic.every() if synthetic else ())}
