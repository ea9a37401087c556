"""Alertmanager: groups, silences and routes alerts to whoever must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack import web
from stack.emit import to_yaml
from stack.notifications.fields import filled
from stack.notifications.templates import OF_SITES, OURS, template_files
from stack.notifications.to_sink import Sink, to_sink, without_endpoints
from stack.programs import Program, Release
from stack.references import fill_all
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack

__all__ = ["SERVICE", "WATCHDOG"]

RELEASES = "https://github.com/prometheus/alertmanager/releases/download/v{version}"

WATCHDOG = "watchdog"
"""The receiver of the always-firing alert: our own dead-man switch."""

DROP = "unrouted"
"""The root receiver of an environment that names none: its alerts are seen, and nobody is told."""


def _files(stack: Stack) -> Mapping[str, bytes]:
    return {"alertmanager.yml": to_yaml(_configuration(stack)), **template_files(stack)}


def _configuration(stack: Stack) -> dict[str, Any]:
    """Put the watchdog's route in front of the environment's own section.

    Source: https://prometheus.io/docs/alerting/latest/configuration/
    """
    own = fill_all(stack.environment.alertmanager, stack.environment)
    route = {"receiver": DROP, **own.get("route", {})}
    receivers = own.get("receivers") or [{"name": route["receiver"]}]
    return {
        **own,
        **_global(stack, own),
        "route": {**route, "routes": [*_watchdog_route(stack), *route.get("routes", [])]},
        "receivers": [*_watchdog_receiver(stack), *(_spoken(stack, receiver) for receiver in receivers)],
        "templates": _templates(stack, own),
    }


def _global(stack: Stack, own: Mapping[str, Any]) -> dict[str, Any]:
    section = own.get("global")
    if stack.environment.notifications == "real" or not isinstance(section, dict):
        return {}
    return {"global": without_endpoints(section)}


def _templates(stack: Stack, own: Mapping[str, Any]) -> list[Any]:
    """Name ours first: of two definitions with one name, Alertmanager takes the one it reads last."""
    of_sites = [f"{OF_SITES}/*.tmpl"] if stack.templates else []
    given = own.get("templates")
    return [f"{OURS}/*.tmpl", *of_sites, *(given if isinstance(given, list) else [])]


def _watchdog_route(stack: Stack) -> list[dict[str, Any]]:
    if "resources" not in stack.services:
        return []
    return [
        {
            "matchers": ['alertname="Watchdog"'],
            "receiver": WATCHDOG,
            # A beat of its own for each release, so that a deploy is proved by the first one that names it.
            "group_by": ["alertname", "env", "release"],
            "group_wait": "1s",
            # Soon again after a restart, when the log of notifications says that it was told just now.
            "group_interval": "2s",
            "repeat_interval": "10s",
        }
    ]


def _watchdog_receiver(stack: Stack) -> list[dict[str, Any]]:
    if "resources" not in stack.services:
        return []
    url = f"http://{stack.address('resources')}/watchdog"
    return [{"name": WATCHDOG, "webhook_configs": [{"url": url, "send_resolved": False}]}]


def _spoken(stack: Stack, receiver: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say what a receiver leaves open; let it speak to our sink where the environment tells nobody."""
    whole = filled(receiver)
    if stack.environment.notifications == "real":
        return whole
    return to_sink(whole, Sink(web=stack.address("sink"), mail=stack.address("sink_smtp")))


def _process(stack: Stack) -> Process:
    flags = (
        "--config.file={root}/current/alertmanager/alertmanager.yml",
        "--storage.path={root}/data/alertmanager",
        f"--web.listen-address={stack.listen('alertmanager')}",
        "--cluster.listen-address=",  # alone: no gossip port
        # Silences are only written this often and at a clean stop: a kill loses what lies between.
        "--data.maintenance-interval=1m",
        # A fire drill proves that each receiver was told: the counters must name them.
        "--enable-feature=receiver-name-in-metrics",
        *_behind_the_proxy(stack),
    )
    return Process(
        argv=(
            "alertmanager",
            *flags,
            *web.flags(stack, "alertmanager"),
            *stack.environment.flags.get("alertmanager", ()),
        )
    )


def _behind_the_proxy(stack: Stack) -> tuple[str, ...]:
    """Let links lead through the proxy, which takes the prefix off again."""
    if not stack.entrance:
        return ()
    return f"--web.external-url={stack.entrance}/alertmanager/", "--web.route-prefix=/"


SERVICE = Service(
    name="alertmanager",
    summary="groups, silences and routes alerts",
    port=9093,
    process=_process,
    program=Program(
        name="alertmanager",
        executables=("alertmanager", "amtool"),
        floor="0.27",
        packages=("prometheus-alertmanager",),
        release=Release(
            archive=f"{RELEASES}/alertmanager-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    files=_files,
    reload=("/-/reload",),
    data=True,
    container=Container(joins=("outside",)),
    web=True,
)
