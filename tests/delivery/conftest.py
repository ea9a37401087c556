"""Production's receivers in a world of our own: the real Alertmanager, and services that do as theirs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.delivery.alertmanager import Alertmanager, alertmanager
from tests.delivery.outside import Outside, outside
from tests.delivery.postoffice import PASSWORD, PostOffice, postoffice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Runs = Callable[..., AbstractContextManager[Alertmanager]]


@pytest.fixture
def world() -> Iterator[Outside]:
    with outside() as made:
        yield made


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with postoffice(tmp_path) as made:
        yield made


@pytest.fixture
def runs(world: Outside, tmp_path: Path) -> Runs:
    """Run production's Alertmanager with its receivers' addresses and secrets of this world."""

    @contextmanager
    def run(office: PostOffice, *, group_interval: str = "1s") -> Iterator[Alertmanager]:
        overrides = [
            f"alertmanager.global.pagerduty_url={world.address('pagerduty')}",
            f"alertmanager.global.smtp_smarthost=127.0.0.1:{office.port}",
            f"alertmanager.global.smtp_tls_config={{ca_file: {tmp_path}/ca.pem}}",
            "alertmanager.route.group_wait=50ms",
            f"alertmanager.route.group_interval={group_interval}",
        ]
        secrets = {
            "automation_url": world.address("automation"),
            "pagerduty_routing_key": "0123456789abcdef0123456789abcdef",
            "slack_webhook_url": world.address("slack"),
            "smtp_password": PASSWORD.decode(),
        }
        with alertmanager(tmp_path / "prod", overrides, secrets) as made:
            yield made

    return run


@pytest.fixture
def production(runs: Runs, office: PostOffice) -> Iterator[Alertmanager]:
    with runs(office) as made:
        yield made
