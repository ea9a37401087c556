"""Containers of a real engine come, go and are scraped by a real Prometheus, whatever their labels say."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.discovery.live import discoverer, prometheus
from tests.engine import docker, house
from tests.lab import until
from tests.rules.live import binary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine import House

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def lodging() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture(autouse=True)
def _cleared(lodging: House) -> Iterator[None]:
    yield
    lodging.clear()


def address(container: str, network: str = "bridge") -> str:
    networks = json.loads(docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", container))
    found: str = networks[network]["IPAddress"]
    return found


def test_containers_come_and_go_and_prometheus_scrapes_just_those_that_are_there(
    lodging: House, tmp_path: Path
) -> None:
    net = lodging.network("front")
    with (
        discoverer(tmp_path, networks=[net, "bridge"]) as found,
        prometheus(found.made, tmp_path) as watching,
    ):
        first = lodging.run("a", 80, 81, scrape="true", port="80, 81", path="/own", job="shop")
        second = lodging.run("b", flags=("--network", net), scrape="true", port="80")
        lodging.run("silent", expose=(80,))
        expected = {
            f"{first}:80": f"http://{address(first)}:80/own",
            f"{first}:81": f"http://{address(first)}:81/own",
            f"{second}:80": f"http://{address(second, net)}:80/metrics",
        }
        assert until(lambda: watching.scraped(lodging.prefix) == expected, 40), watching.targets(
            lodging.prefix
        )
        [labels] = [
            one["labels"]
            for one in watching.targets(lodging.prefix)
            if one["labels"]["instance"] == f"{first}:81"
        ]
        assert labels == {
            "job": "shop",
            "instance": f"{first}:81",
            "container": first,
            "image": lodging.image,
            "env": "lab",
        }

        lodging.remove("a")
        del expected[f"{first}:80"], expected[f"{first}:81"]
        assert until(lambda: watching.scraped(lodging.prefix) == expected, 40), watching.targets(
            lodging.prefix
        )
        docker("stop", "-t", "0", second)
        assert until(lambda: watching.targets(lodging.prefix) == [], 40)


def test_what_cannot_be_scraped_is_told_by_log_metric_and_page_and_is_no_target(
    lodging: House, tmp_path: Path
) -> None:
    apart = lodging.network("apart")
    lodging.run("half", scrape="true", port="80, http")
    lodging.run("odd", scrape="yes", port="80")
    lodging.run("typo", scrape="true", prot="80")
    lodging.run("apart", flags=("--network", apart), scrape="true", port="80")
    lodging.run("none", flags=("--network", "none"), scrape="true", port="80")
    lodging.run("host", 23_080, flags=("--network", "host"), scrape="true", port="23080")
    lodging.run("portless", scrape="true")
    good = lodging.run("good", expose=(80,), scrape="true")
    guest = lodging.run("guest", 82, flags=("--network", f"container:{good}"), scrape="true", port="82")

    with discoverer(tmp_path, networks=["bridge"]) as found:
        assert found.targets(lodging.prefix) == {
            f"{good}:80": f"{address(good)}:80",
            f"{guest}:82": f"{address(good)}:82",
        }
        refused = {name: line for name, line in found.refused().items() if name.startswith(lodging.prefix)}
        assert {name.rpartition("-")[2]: line.partition(";")[0] for name, line in refused.items()} == {
            "half": "prometheus.io/port has 'http', and must be ports, `9187` or `80, 9187`",
            "odd": "prometheus.io/scrape is 'yes', and must be `true` or `false`",
            "typo": "there is no label prometheus.io/prot",
            "apart": f"Prometheus reaches it on none of its networks, {apart}",
            "none": "Prometheus reaches it on none of its networks, none",
            "host": "Prometheus reaches it on none of its networks, host",
            "portless": "it exposes no port",
        }
        page, log = found.get("/metrics").text, found.log()
        for name, line in refused.items():
            assert f'container="{name}"' in page
            assert f"container {name} is not scraped: {line}" in log

        docker("network", "connect", "bridge", lodging.name("apart"))
        assert until(lambda: f"{lodging.name('apart')}:80" in found.targets(lodging.prefix))
        docker("rename", good, lodging.name("better"))
        assert until(lambda: f"{lodging.name('better')}:80" in found.targets(lodging.prefix))


def test_one_on_the_machine_s_own_network_is_reached_where_prometheus_is_there_too(
    lodging: House, tmp_path: Path
) -> None:
    shared = lodging.run("host", 23_081, flags=("--network", "host"), scrape="true", port="23081")
    with discoverer(tmp_path, networks=["host"]) as found, prometheus(found.made, tmp_path) as watching:
        name = f"{shared}:23081"
        assert until(
            lambda: watching.scraped(lodging.prefix).get(name) == "http://127.0.0.1:23081/metrics", 40
        )


def test_promtool_finds_the_addresses_that_the_discoverer_wrote(lodging: House, tmp_path: Path) -> None:
    name = lodging.run("a", scrape="true", port="80", path="/probe?target=db", scheme="https", job="shop")
    with discoverer(tmp_path) as found, prometheus(found.made, tmp_path):
        assert until(lambda: f"{name}:80" in found.targets(lodging.prefix))
        promtool = binary("prometheus").with_name("promtool")
        config = tmp_path / "current" / "prometheus" / "prometheus.yml"
        words = [str(promtool), "check", "service-discovery", "--timeout=2s", str(config), "containers"]
        said = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)

    [labels] = [one["labels"] for one in said if one["labels"].get("container") == name]
    kept = {key: labels[key] for key in ("__address__", "__scheme__", "__metrics_path__", "__param_target")}
    assert kept == {
        "__address__": f"{found.targets(lodging.prefix)[f'{name}:80']}",
        "__scheme__": "https",
        "__metrics_path__": "/probe",
        "__param_target": "db",
    }
    assert (labels["job"], labels["env"], labels["instance"]) == ("shop", "lab", f"{name}:80")


def test_a_container_is_scraped_within_seconds_of_its_start(
    lodging: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Time four starts at a scrape interval of 5 s: Prometheus takes up to 5 s for a new target, and up to
    5 s until its first scrape; what is ours is the file, which is asked for here.
    """
    took = []
    with discoverer(tmp_path) as found, prometheus(found.made, tmp_path, "5s") as watching:
        for number in range(4):
            name = f"{lodging.run(f't{number}', scrape='true', port='80')}:80"
            begun = time.monotonic()
            written = seconds(lambda name: name in found.targets(name), name)
            assert seconds(lambda name: name in watching.scraped(name), name) < 12
            took.append((written, time.monotonic() - begun))
    with capsys.disabled():
        sys.stdout.write(f"\nwritten, first scrape: {', '.join(f'{a:.2f} {b:.1f} s' for a, b in took)}\n")

    assert max(written for written, _ in took) < 2


def seconds(condition: Callable[[str], bool], name: str) -> float:
    begun = time.monotonic()
    assert until(lambda: condition(name), 20)
    return time.monotonic() - begun
