"""Which contract a scrape job is held against, and the page that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.documents import mapping, mappings, strings

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

__all__ = ["contract_name", "is_discovered", "page", "static_targets"]


def contract_name(job: Mapping[str, Any], known: Container[str], owners: Mapping[str, str]) -> str | None:
    """Name a job's contract: that of its own name, else its service's; None where nobody knows its pages.

    Args:
        job: the scrape job.
        known: the names of all contracts.
        owners: the service that brings each job.
    """
    name = str(job.get("job_name"))
    if name in known:
        return name
    service = owners.get(name)
    # What a service finds for Prometheus is not its own page.
    return service if service in known and not is_discovered(job) else None


def is_discovered(job: Mapping[str, Any]) -> bool:
    """Say whether a job finds targets while it runs."""
    return any(str(key).endswith("_sd_configs") and value for key, value in job.items())


def static_targets(job: Mapping[str, Any]) -> list[str]:
    """List the targets that a job names itself."""
    groups = mappings(job.get("static_configs"))
    return [target for _, group in groups for _, target in strings(group.get("targets"))]


def page(job: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Give the path and the parameters of the page of a job's first target.

    An exporter that probes others takes as a parameter whom it should ask.
    """
    params = dict(mapping(job.get("params")))
    for _, rule in mappings(job.get("relabel_configs")):
        name = str(rule.get("target_label", ""))
        if name.startswith("__param_") and rule.get("source_labels") == ["__address__"]:
            params[name.removeprefix("__param_")] = static_targets(job)[:1]
    return str(job.get("metrics_path") or "/metrics"), params
