"""Node exporter in a container shows the machine as one that runs on it does."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from stack.clients.docker import address
from tests.lab import free_ports, until
from tests.rules.live import binary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

SAMPLE = re.compile(r"^(node_\S+?(?:\{.*\})?) (\S+)$", re.MULTILINE)
OURS = re.compile(r"node_(textfile|scrape_collector)_")
"""What is about the exporter itself."""

UNTOLD = re.compile(r"node_(arp|nf_conntrack)_|node_network_receive_nohandler_total")
"""What can be had on the machine alone; it is left out in a container, and not told wrong."""

STEADY = re.compile(
    r"node_network_(up|mtu_bytes|iface_id|flags|info|speed_bytes|carrier_changes_total)"
    r"|node_(uname|os|dmi)_info|node_memory_(MemTotal|SwapTotal)_bytes|node_filesystem_(size_bytes|readonly)"
    r"|node_boot_time_seconds|node_time_zone_offset_seconds|node_cpu_info"
)
GROWING = re.compile(
    r"node_network_(receive|transmit)_(bytes|packets)_total|node_netstat_(?!Tcp_CurrEstab|Ip_Forwarding)\w+|node_softnet_processed_total"
    r"|node_forks_total|node_context_switches_total|node_disk_(reads|writes)_completed_total"
)


def test_it_sees_the_hosts_network_files_and_load_and_not_its_own(compose: ComposeLab) -> None:
    if not address().startswith("unix://"):
        pytest.skip("the engine's machine is another")
    with _on_the_machine() as page:
        before = _samples(requests.get(page, timeout=5).text)
        seen = _samples(compose.get("node", "/metrics").text)
        after = _samples(requests.get(page, timeout=5).text)
    told = {name for name in before.keys() & after.keys() if not OURS.match(name)}

    assert {UNTOLD.match(name) is not None for name in told - seen.keys()} == {True}
    assert {name for name in seen if not OURS.match(name)} - {*before, *after} == set()
    steady = {name for name in told & seen.keys() if STEADY.match(name) and before[name] == after[name]}
    assert {name: seen[name] for name in steady} == {name: before[name] for name in steady}
    growing = {name for name in told & seen.keys() if GROWING.match(name)}
    assert [name for name in growing if not before[name] <= seen[name] <= after[name]] == []
    parts = ("network_mtu", "network_receive_bytes", "netstat_Tcp", "filesystem_size", "uname")
    assert [part for part in parts if not any(part in name for name in steady | growing)] == []


def test_its_container_has_a_network_of_its_own_and_no_port_to_the_outside(compose: ComposeLab) -> None:
    facts = compose.inspect("node")
    assert facts["HostConfig"]["NetworkMode"] == f"{compose.project}_services"
    assert facts["HostConfig"]["PidMode"] == ""
    assert not facts["HostConfig"]["PortBindings"]


@contextmanager
def _on_the_machine() -> Iterator[str]:
    """Run one on the machine itself, as nobody, and give the address of its page."""
    page = f"http://127.0.0.1:{next(free_ports())}/metrics"
    others = "^(veth|br-).*"
    words = (
        f"--web.listen-address={page.removeprefix('http://').removesuffix('/metrics')}",
        f"--collector.netclass.ignored-devices={others}",
        f"--collector.netdev.device-exclude={others}",
    )
    nobody = 65534 if os.geteuid() == 0 else None
    with subprocess.Popen([binary("node"), *words], user=nobody, stderr=subprocess.DEVNULL) as process:
        try:
            assert until(lambda: _answers(page), 10.0)
            yield page
        finally:
            process.kill()


def _answers(page: str) -> bool:
    try:
        return requests.get(page, timeout=5).ok
    except requests.ConnectionError:
        return False


def _samples(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in SAMPLE.findall(text)}
