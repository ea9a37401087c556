"""Blackbox exporter: asks services from outside, as their users do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack import web
from stack.emit import to_yaml
from stack.programs import Program, Release
from stack.service import Container, Process, Service

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
    own = {"targets": [stack.address("blackbox")], "labels": {"env": stack.environment.name}}
    tcp = (_job(stack, "blackbox-tcp", "tcp_connect", found) for found in [_addresses(stack)] if found)
    return ({"static_configs": [own]}, _job(stack, "blackbox-http", "http_2xx", _pages(stack)), *tcp)


def _job(stack: Stack, name: str, module: str, targets: list[str]) -> Mapping[str, Any]:
    return {
        "job_name": name,
        "metrics_path": "/probe",
        "params": {"module": [module]},
        "static_configs": [{"targets": targets, "labels": {"env": stack.environment.name}}],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": stack.address("blackbox")},
        ],
    }


def _pages(stack: Stack) -> list[str]:
    seen = {name: service for name, service in stack.services.items() if stack.reaches("blackbox", name)}
    # It has no password of anybody.
    open_ = {name: service for name, service in seen.items() if not stack.speaks_tls(name)}
    own = [f"{stack.url(name)}{service.health}" for name, service in open_.items()]
    named = [page.target for page in stack.environment.probes if page.module == "http_2xx"]
    return [*own, *stack.environment.targets.get("blackbox", ()), *named]


def _addresses(stack: Stack) -> list[str]:
    return [page.target for page in stack.environment.probes if page.module == "tcp_connect"]


def _process(stack: Stack) -> Process:
    flags = (
        "--config.file={root}/current/blackbox/blackbox.yml",
        f"--web.listen-address={stack.listen('blackbox')}",
    )
    return Process(
        argv=(
            "blackbox_exporter",
            *flags,
            *web.flags(stack, "blackbox"),
            *stack.environment.flags.get("blackbox", ()),
        )
    )


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
    container=Container(joins=("outside",)),
    web=True,
)
