"""cAdvisor: what each container of the machine uses. It sees the kernel's own accounts and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.programs import Program, Release
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/google/cadvisor/releases/download/v{version}"

CGROUPS = "/sys/fs/cgroup"
CONTAINERS = "/docker/,/system.slice/docker-"
"""Where an engine keeps its containers' cgroups: by the driver `cgroupfs`, and by `systemd`."""

OTHER = r"/([^/]*|.*[0-9a-f]{64}(\.scope)?/.+)"
"""The machine, what holds all containers, and what a container holds in turn."""


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Keep containers alone, by the short id that the discoverer tells the name of.

    Its time stamps would keep the series of a container that is gone for five minutes.
    """
    del stack
    short = {
        "source_labels": ["id"],
        "regex": "/.*?([0-9a-f]{12})[0-9a-f]{52}.*",
        "target_label": "id",
    }
    other = {"source_labels": ["id"], "regex": OTHER, "action": "drop"}
    return ({"honor_timestamps": False, "metric_relabel_configs": [other, short]},)


def _process(stack: Stack) -> Process:
    """Start it without a connection to any engine.

    Source: https://github.com/google/cadvisor/blob/master/docs/runtime_options.md
    """
    host, _, port = stack.listen("cadvisor").rpartition(":")
    flags = (
        f"--listen_ip={host}",
        f"--port={port}",
        "--logtostderr",
        "--docker_only",
        f"--raw_cgroup_prefix_whitelist={CONTAINERS}",
        "--enable_metrics=cpu,memory",
        "--housekeeping_interval=5s",
        "--allow_dynamic_housekeeping=false",
    )
    return Process(argv=("cadvisor", *flags, *stack.environment.flags.get("cadvisor", ())))


def _wanted(environment: Environment) -> bool:
    del environment
    return False


SERVICE = Service(
    name="cadvisor",
    summary="what each container of the machine uses",
    port=8080,
    process=_process,
    program=Program(
        name="cadvisor",
        executables=("cadvisor",),
        floor="0.53",
        release=Release(
            archive=f"{RELEASES}/cadvisor-v{{version}}-linux-{{arch}}",
            digests=f"{RELEASES}/cadvisor-v{{version}}-linux-{{arch}}.sha256",
            bare=True,
        ),
    ),
    scrape=_scrape,
    ready="/healthz",
    health="/healthz",
    wanted=_wanted,
    optional=True,
    contained=True,
    container=Container(mounts=(f"{CGROUPS}:{CGROUPS}:ro",)),
)
