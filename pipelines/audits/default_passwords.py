"""The passwords that everybody knows open nothing; each is tried once: a few wrong ones lock a user out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.core.audit import Audit
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside

__all__ = ["AUDIT"]

DEFAULT = ("admin", "admin")


def _run(outside: Outside) -> Iterator[Problem]:
    services = outside.stack.services
    if "grafana" in services and _opens_grafana(outside):
        hint = "change it in Grafana, and give the secret `grafana_admin_password` the same value"
        yield Problem("default_passwords", "Grafana", "admin/admin logs in", hint=hint)
    if {"proxy", "gate"} <= services.keys() and _opens_the_gate(outside):
        hint = "give the secret `user_admin` another value, and deploy"
        yield Problem("default_passwords", "the proxy", "admin/admin comes in", hint=hint)


def _opens_grafana(outside: Outside) -> bool:
    user, password = DEFAULT
    return outside.grafana.request("POST", "/login", json={"user": user, "password": password}).ok


def _opens_the_gate(outside: Outside) -> bool:
    answer = replace(outside.stranger, auth=DEFAULT).request("GET", "/prometheus/-/healthy")
    return answer.status_code not in {401, 403, 429}


AUDIT = Audit(asks="whether a password that everybody knows is one", run=_run)
