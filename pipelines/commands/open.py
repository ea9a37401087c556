"""Print where everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.addresses import shown_at
from pipelines.core.recall import recall_live
from stack.services.grafana import PASSWORD

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print each service's address and what it is for."""
    stack = recall_live(effects).stack
    rows = [
        (name, shown_at(effects, stack, name), service.summary) for name, service in stack.services.items()
    ]
    password = effects.folder / "secrets" / PASSWORD
    effects.console.result(
        {"addresses": {name: url for name, url, _ in rows}, "password_file": str(password)}
    )
    effects.console.table(("SERVICE", "ADDRESS", "WHAT FOR"), rows)
    if "grafana" in stack.services:
        effects.console.end(f"Grafana: user admin, password in {password}")
    else:
        effects.console.end(
            "no Grafana runs here; ask Prometheus' API, or put a `grafana` on PATH and deploy"
        )
    return 0
