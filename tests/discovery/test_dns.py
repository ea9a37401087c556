"""Targets that a real DNS server names come and stay as it says."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_httpserver import HTTPServer

from tests.discovery.live import prometheus
from tests.lab import until
from tests.rules.live import program, running
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may serve DNS to one program"),
]

SERVER = "127.93.0.53"
NAME = "_metrics._tcp.shop.test"
FAILED = "prometheus_sd_dns_lookup_failures_total"


def test_records_become_targets_without_a_reload_and_stay_while_the_server_is_away(tmp_path: Path) -> None:
    made = stack(discovery={"dns": [{"job": "shop", "names": [NAME], "path": "/m"}]})
    with HTTPServer(port=0) as first, HTTPServer(port=0) as second:
        for server in (first, second):
            server.expect_request("/m").respond_with_data("a 1\n", content_type="text/plain")
        with prometheus(made, tmp_path, job="shop", within=_asking_it(tmp_path)) as watching:
            one, two = f"till.shop.test:{first.port}", f"till.shop.test:{second.port}"
            with _dns(tmp_path, first.port):
                assert until(lambda: watching.scraped("till").keys() == {one}, 60.0)
            with _dns(tmp_path, first.port, second.port):
                assert until(lambda: watching.scraped("till").keys() == {one, two}, 60.0)
            failed = watching.metric(FAILED)
            assert until(lambda: watching.metric(FAILED) > failed, 60.0), "the server is away"
            assert {target["labels"]["instance"] for target in watching.targets("till")} == {one, two}
            assert {target["labels"]["env"] for target in watching.targets("till")} == {"lab"}


def _asking_it(folder: Path) -> tuple[str, ...]:
    """Give a command that starts a program for which our server is the machine's."""
    (folder / "resolv.conf").write_text(f"nameserver {SERVER}\n")
    mount = f"mount --bind {shlex.quote(str(folder / 'resolv.conf'))} /etc/resolv.conf"
    return (str(program("unshare", "util-linux")), "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh")


@contextmanager
def _dns(folder: Path, *ports: int) -> Iterator[None]:
    words = ("--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root")
    place = (f"--listen-address={SERVER}", "--bind-interfaces", f"--pid-file={folder / 'dnsmasq.pid'}")
    records = [f"--srv-host={NAME},till.shop.test,{port}" for port in ports]
    server = program("dnsmasq", "dnsmasq-base", Path("/usr/sbin"))
    with running(server, *words, *place, "--address=/till.shop.test/127.0.0.1", *records, folder=folder):
        yield
