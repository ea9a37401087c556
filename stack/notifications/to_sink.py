"""Turns a receiver to our sink: its protocol and its texts stay, its address and its secrets go.

So the routes and templates of an environment that tells nobody are the real ones, and it needs no secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from stack.documents import mapping
from stack.exporters.sink.mark import FIELD, HEADER, RECEIVER

__all__ = ["ROUTING_KEY", "Sink", "to_sink", "without_endpoints"]

ROUTING_KEY = "the-sink-takes-whatever-it-hears"
"""Stands in for PagerDuty's key, which has 32 characters as well; it opens nothing."""

MARK = '{{ template "monitoring.sink" . }}'
"""Status, alert names and environments, where the real service would take and ignore them."""

SERVICES = (
    "http_config",
    "jira_",
    "mattermost_",
    "opsgenie_",
    "pagerduty_",
    "rocketchat_",
    "slack_",
    "smtp_",
    "telegram_",
    "victorops_",
    "webex_",
    "wechat_",
)
"""How the global settings begin that lead to a service or hold a secret of it."""

HARMLESS = frozenset({"smtp_from", "smtp_hello"})

Config = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sink:
    """Where the sink listens: host:port for HTTP, and for mail."""

    web: str
    mail: str

    def url(self, protocol: str, receiver: str, rest: str = "") -> str:
        """Give the address at which it takes a receiver's notifications."""
        return f"http://{self.web}/{protocol}/{quote(receiver)}{rest}"


def to_sink(receiver: Config, sink: Sink) -> dict[str, Any]:
    """Let each of a receiver's integrations speak to the sink; one that tells nobody stays as it is.

    A kind whose protocol the sink does not speak becomes a webhook that says what it stands in for.
    """
    name, kept = str(receiver.get("name")), dict[str, Any]()
    turned: dict[str, list[Any]] = {}
    for key, members in receiver.items():
        if not str(key).endswith("_configs") or not isinstance(members, list):
            kept[key] = members
            continue
        kind = str(key).removesuffix("_configs")
        turn = TURNED.get(kind) or _stand_in(kind)
        target = turned.setdefault(key if kind in TURNED else "webhook_configs", [])
        target.extend(turn(mapping(one), name, sink) for one in members)
    return {**kept, **turned}


def without_endpoints(section: Config) -> dict[str, Any]:
    """Give Alertmanager's `global` section without what leads outside or is a secret."""
    return {
        key: value for key, value in section.items() if key in HARMLESS or not str(key).startswith(SERVICES)
    }


def _without(config: Config, *keys: str) -> dict[str, Any]:
    gone = (*keys, "http_config")
    return {key: value for key, value in config.items() if not str(key).startswith(gone)}


def _slack(config: Config, name: str, sink: Sink) -> dict[str, Any]:
    kept = _without(config, "api_url", "app_", "update_message")
    fields = kept.get("fields")
    marked = [*(fields if isinstance(fields, list) else ()), {"title": FIELD, "value": MARK}]
    return {"api_url": sink.url("slack", name), **kept, "fields": marked}


def _pagerduty(config: Config, name: str, sink: Sink) -> dict[str, Any]:
    kept = _without(config, "url", "routing_key", "service_key")
    details = {**mapping(kept.get("details")), FIELD: MARK}
    url = sink.url("pagerduty", name, "/v2/enqueue")
    return {"url": url, "routing_key": ROUTING_KEY, **kept, "details": details}


def _email(config: Config, name: str, sink: Sink) -> dict[str, Any]:
    kept = _without(config, "smarthost", "auth_", "tls_config", "require_tls", "force_implicit_tls")
    marks = {RECEIVER: quote(name, safe=""), HEADER: MARK}
    headers = {**mapping(kept.get("headers")), **marks}
    return {"smarthost": sink.mail, "require_tls": False, **kept, "headers": headers}


def _webhook(config: Config, name: str, sink: Sink) -> dict[str, Any]:
    kept = _without(config, "url", "payload")
    note = _note("without its own payload") if "payload" in config else ""
    return {"url": sink.url("webhook", name, note), "send_resolved": True, **kept}


def _stand_in(kind: str) -> Callable[[Config, str, Sink], dict[str, Any]]:
    def turn(config: Config, name: str, sink: Sink) -> dict[str, Any]:
        kept = {key: value for key, value in _without(config).items() if key == "send_resolved"}
        return {"url": sink.url("webhook", name, _note(f"in place of {kind}")), **kept}

    return turn


def _note(text: str) -> str:
    return f"?{urlencode({'note': text}, quote_via=quote)}"


TURNED: Mapping[str, Callable[[Config, str, Sink], dict[str, Any]]] = {
    "slack": _slack,
    "pagerduty": _pagerduty,
    "email": _email,
    "webhook": _webhook,
}
