"""Node exporter: what the machine itself is doing, and our pipelines' own outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack import web
from stack.programs import Program, Release
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/prometheus/node_exporter/releases/download/v{version}"

OF_CONTAINERS = "^(veth|br-).*"
"""The network interfaces of containers, as the engine names them."""

HOST = "/host"
"""Where a container has the host's files, its procfs and sysfs among them."""

OF_EVERYBODY = (
    *("1", "buddyinfo", "cgroups", "cpuinfo", "diskstats", "drbd", "fs", "interrupts", "loadavg", "mdstat"),
    *("meminfo", "pressure", "schedstat", "self", "slabinfo", "softirqs", "spl", "stat", "swaps", "sys"),
    *("vmstat", "zoneinfo"),
)
"""What node exporter reads of a procfs and is the same whoever reads it."""


def _process(stack: Stack) -> Process:
    flags = (
        f"--web.listen-address={stack.listen('node')}",
        # Outcomes of deploys and backups are written here by the pipelines themselves.
        "--collector.textfile.directory={root}/textfile",
        # Those of containers come and go with them, each with forty series.
        f"--collector.netclass.ignored-devices={OF_CONTAINERS}",
        f"--collector.netdev.device-exclude={OF_CONTAINERS}",
        *(_of_the_host() if stack.environment.runtime == "compose" else ()),
    )
    return Process(
        argv=("node_exporter", *flags, *web.flags(stack, "node"), *stack.environment.flags.get("node", ()))
    )


def _of_the_host() -> Iterator[str]:
    """Yield what lets it see the host from within a container that has a network of its own.

    By netlink and in `/proc/net` the kernel tells whoever asks of his own network. So node exporter gets a
    folder of links that looks like the host's procfs, with the network of the host's first process in it.
    """
    yield f"--path.rootfs={HOST}"
    yield f"--path.sysfs={HOST}/sys"
    yield f"--path.udev.data={HOST}/run/udev/data"
    yield "--path.procfs={root}/work/node/proc"
    yield "--no-collector.netdev.netlink"
    # These two know no way to the network of another.
    yield "--no-collector.arp"
    yield "--no-collector.conntrack"


def _procfs() -> Mapping[str, str]:
    links = {f"proc/{name}": f"{HOST}/proc/{name}" for name in OF_EVERYBODY}
    return {**links, "proc/net": f"{HOST}/proc/1/net"}


SERVICE = Service(
    name="node",
    summary="what the machine itself is doing",
    port=9100,
    process=_process,
    program=Program(
        name="node_exporter",
        executables=("node_exporter",),
        floor="1.5",
        packages=("prometheus-node-exporter",),
        release=Release(
            archive=f"{RELEASES}/node_exporter-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    ready="/",
    health="/",
    container=Container(mounts=(f"/:{HOST}:ro,rslave",), links=_procfs(), host_name=True),
    web=True,
)
