"""Grafana: shows the dashboards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stack.access import WEB_AUTHORITY, WEB_PASSWORD
from stack.emit import from_yaml, to_json, to_yaml
from stack.programs import Program, Release
from stack.references import SECRETS
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.clients.http import Session
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["DATA_SOURCE", "FOLDER", "PASSWORD", "SERVICE", "is_open", "rendered_dashboards"]

DATA_SOURCE = "prometheus"
"""The data source's fixed uid: dashboards and alert links name it."""

PASSWORD = "grafana_admin_password"  # noqa: S105 # the name of a secret, not one

FOLDER = "monitoring"
"""The fixed uid of the folder that all our dashboards lie in."""

PROVIDER = "provisioning/dashboards/shipped.yaml"
DASHBOARDS = "grafana/dashboards/"

OPEN = frozenset({"dev", "local"})
"""Environments whose dashboards may be edited in Grafana."""

RELEASES = "https://dl.grafana.com/grafana/release/{version}"

# Nothing calls outside. A new server would also update its bundled plugins by itself, Prometheus' among them,
# and look healthy without it where that fails. A key that an older version does not know is no error.
# https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
INI = """\
[server]
http_addr = {host}
http_port = {port}
{outside}
[users]
allow_sign_up = false

[auth.anonymous]
enabled = false

[security]
disable_gravatar = true

[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
feedback_links_enabled = false

[plugins]
preinstall_disabled = true
preinstall_auto_update = false

[snapshots]
external_enabled = false

[news]
news_feed_enabled = false

[log]
mode = console
"""


def rendered_dashboards(tree: Tree) -> dict[str, dict[str, Any]]:
    """Give the model of each dashboard of a release, by the name of its rendered file."""
    files = {path: data for path, data in tree.files.items() if path.startswith(DASHBOARDS)}
    return {path.removeprefix(DASHBOARDS): json.loads(data) for path, data in sorted(files.items())}


def is_open(tree: Tree) -> bool:
    """Say whether a release lets people edit its dashboards in Grafana."""
    provider = from_yaml(tree.files.get(f"grafana/{PROVIDER}", b"")) or {}
    return any(entry.get("allowUiUpdates") for entry in provider.get("providers", ()))


def _files(stack: Stack) -> Mapping[str, bytes]:
    dashboards = {f"dashboards/{stem}.json": to_json(made.model) for stem, made in stack.dashboards.items()}
    return {
        "grafana.ini": _settings(stack),
        "provisioning/datasources/prometheus.yaml": to_yaml(_data_sources(stack)),
        PROVIDER: to_yaml(_provider(stack)),
        **dashboards,
    }


def _settings(stack: Stack) -> bytes:
    host, port = stack.listen("grafana").rsplit(":", 1)
    # The proxy takes the prefix off: what asks Grafana directly needs none.
    outside = f"root_url = {stack.entrance}/grafana/\n" if stack.entrance else ""
    return INI.format(host=host, port=port, outside=outside).encode()


def _data_sources(stack: Stack) -> dict[str, object]:
    """Give the one data source.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
    """
    source: dict[str, Any] = {
        "name": "Prometheus",
        "uid": DATA_SOURCE,
        "type": "prometheus",
        "access": "proxy",
        "url": stack.url("prometheus"),
        "isDefault": True,
        "editable": False,
        "jsonData": {"timeInterval": stack.environment.scrape_interval, "httpMethod": "POST"},
    }
    if stack.speaks_tls("prometheus"):
        source |= _with_password(stack) | {"jsonData": {**source["jsonData"], "tlsAuthWithCACert": True}}
    return {"apiVersion": 1, "prune": True, "datasources": [source]}


def _with_password(stack: Stack) -> dict[str, object]:
    """Give what Grafana needs of a Prometheus that asks for a password; it reads both from their files."""
    secret = {"basicAuthPassword": WEB_PASSWORD, "tlsCACert": WEB_AUTHORITY}
    files = {key: f"$__file{{{SECRETS}/{name}}}" for key, name in secret.items()}
    return {"basicAuth": True, "basicAuthUser": stack.environment.web.user, "secureJsonData": files}


def _provider(stack: Stack) -> dict[str, object]:
    """Give the one provider of dashboards.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards
    """
    provider = {
        "name": "shipped",
        "folder": "Monitoring",
        "folderUid": FOLDER,
        "type": "file",
        "allowUiUpdates": stack.environment.name in OPEN,
        "updateIntervalSeconds": 30,
        "options": {"path": "$MONITORING_DASHBOARDS"},
    }
    return {"apiVersion": 1, "providers": [provider]}


def _process(stack: Stack) -> Process:
    flags = ("server", "--homepath={program}", "--config={root}/current/grafana/grafana.ini")
    return Process(
        argv=("grafana", *flags, *stack.environment.flags.get("grafana", ())),
        env={
            "GF_PATHS_DATA": "{root}/data/grafana",
            "GF_PATHS_LOGS": "{root}/data/grafana/log",
            # Else below the program's own folder, which is shared and kept as it was unpacked.
            "GF_PATHS_PLUGINS": "{root}/data/grafana/plugins",
            "GF_PATHS_PROVISIONING": "{root}/current/grafana/provisioning",
            # A native server ignores GF_…__FILE and would keep `admin`; its own expander works everywhere.
            "GF_SECURITY_ADMIN_PASSWORD": f"$__file{{{{root}}/secrets/{PASSWORD}}}",
            # Grafana follows the link: behind it every release would be another folder, and every dashboard
            # deleted and made anew, its history and stars lost.
            "MONITORING_DASHBOARDS": "{root}/watched/grafana/dashboards",
        },
        reads=("grafana/grafana.ini",),
    )


def _adopt(session: Session, former: tuple[str, ...], password: str) -> None:
    """Tell it another password: it reads the file only while it makes its database.

    Raises:
        HttpFailed: it does not answer, or refuses the new password.
        Refused: none of the passwords lets in.
    """
    from stack.clients.grafana.password import change_password  # only where one was rotated

    change_password(session, former, password)


SERVICE = Service(
    name="grafana",
    summary="shows the dashboards",
    port=3030,
    process=_process,
    program=Program(
        name="grafana",
        executables=("grafana",),
        floor="10.0",
        release=Release(
            archive=f"{RELEASES}/grafana_{{version}}_{{build}}_linux_{{arch}}.tar.gz",
            digests=f"{RELEASES}/grafana_{{version}}_{{build}}_linux_{{arch}}.tar.gz.sha256",
        ),
    ),
    files=_files,
    ready="/api/health",
    health="/api/health",
    reload=("/api/admin/provisioning/datasources/reload", "/api/admin/provisioning/dashboards/reload"),
    secrets={PASSWORD: "generated"},
    adopts={PASSWORD: _adopt},
    watches=("dashboards",),
    data=True,
    optional=True,
    container=Container(network="core", memory="512m", pids=500),
)
