"""The scrape jobs of what an environment finds by files, by DNS, and one by one."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.discovery import DnsTargets, StaticTargets
    from stack.environment import Environment

__all__ = ["DISCOVERED", "TARGETS", "discovery_jobs"]

DISCOVERED = "../../discovered"
"""Where files of targets lie, seen from Prometheus' configuration: they are not behind the link, since
Prometheus watches them."""

TARGETS = "/targets"
"""Where a Prometheus in a container has the folder of files that the environment names."""


def discovery_jobs(environment: Environment) -> Iterator[Mapping[str, Any]]:
    """Yield the jobs; every target carries `env`.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
    """
    found = environment.discovery
    if found.files:
        files = [posixpath.join(_folder(environment), pattern) for pattern in found.files]
        yield {
            "job_name": "files",
            "file_sd_configs": [{"files": files}],
            "relabel_configs": [_env(environment)],
        }
    for targets in found.dns:
        yield {**_usual(targets), "dns_sd_configs": [_dns(targets)], "relabel_configs": [_env(environment)]}
    for group in found.static:
        labels = {**group.labels, "env": environment.name}
        yield {**_usual(group), "static_configs": [{"targets": list(group.targets), "labels": labels}]}


def _folder(environment: Environment) -> str:
    folder = environment.discovery.folder
    return TARGETS if folder and environment.runtime == "compose" else folder or DISCOVERED


def _usual(targets: DnsTargets | StaticTargets) -> dict[str, Any]:
    """Give what differs from what Prometheus does by itself."""
    said = {"metrics_path": targets.path, "scheme": targets.scheme}
    usual = {"metrics_path": "/metrics", "scheme": "http"}
    return {"job_name": targets.job, **{key: said[key] for key in said if said[key] != usual[key]}}


def _dns(targets: DnsTargets) -> dict[str, Any]:
    port = {"port": targets.port} if targets.port else {}
    return {"names": list(targets.names), "type": targets.type, **port, "refresh_interval": "30s"}


def _env(environment: Environment) -> dict[str, str]:
    return {"target_label": "env", "replacement": environment.name}
