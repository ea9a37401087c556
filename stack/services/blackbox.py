"""Blackbox exporter: asks services from outside, as their users do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.emit import to_yaml
from stack.programs import Program, Release
from stack.service import Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/prometheus/blackbox_exporter/releases/download/v{version}"


def _files(stack: Stack) -> Mapping[str, bytes]:
    del stack
    modules = {
        "http_2xx": {"prober": "http", "timeout": "5s", "http": {"preferred_ip_protocol": "ip4"}},
        "tcp_connect": {"prober": "tcp", "timeout": "5s"},
    }
    return {"blackbox.yml": to_yaml({"modules": modules})}


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Scrape the exporter itself, and through it the pages to be probed.

    Source: https://prometheus.io/docs/guides/multi-target-exporter/
    """
    if "blackbox" not in stack.services:
        return ()
    env = {"env": stack.environment.name}
    return (
        {"static_configs": [{"targets": [stack.address("blackbox")], "labels": env}]},
        {
            "job_name": "blackbox-http",
            "metrics_path": "/probe",
            "params": {"module": ["http_2xx"]},
            "static_configs": [{"targets": _pages(stack), "labels": env}],
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": stack.address("blackbox")},
            ],
        },
    )


def _pages(stack: Stack) -> list[str]:
    own = [f"http://{stack.address(name)}{service.health}" for name, service in stack.services.items()]
    return [*own, *stack.environment.targets.get("blackbox", ())]


def _process(stack: Stack) -> Process:
    flags = (
        "--config.file={root}/current/blackbox/blackbox.yml",
        f"--web.listen-address={stack.address('blackbox')}",
    )
    return Process(argv=("blackbox_exporter", *flags, *stack.environment.flags.get("blackbox", ())))


SERVICE = Service(
    name="blackbox",
    summary="asks services from outside",
    port=9115,
    process=_process,
    program=Program(
        name="blackbox_exporter",
        executables=("blackbox_exporter",),
        floor="0.24",
        packages=("prometheus-blackbox-exporter",),
        release=Release(
            archive=f"{RELEASES}/blackbox_exporter-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    files=_files,
    scrape=_scrape,
    ready="/-/healthy",
    reload=("/-/reload",),
)
