"""End a silence now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.alerting.servers import live_servers
from pipelines.core.options import Option
from stack.alerting.silences import read_document, written
from stack.errors import Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("id", "which, or the beginning of its id", positional=True),)


def run(effects: Effects) -> int:
    """Find the silence and end it."""
    servers, given = live_servers(effects), effects.options.text("id")
    standing = [one for one in servers.alertmanager.silences() if one["status"]["state"] != "expired"]
    one = _named(given, standing)
    servers.alertmanager.expire_silence(one["id"])
    effects.console.result({"expired": one["id"]})
    effects.console.end(f"{written(read_document(one['matchers']))} is no longer silent")
    return 0


def _named(given: str, standing: list[dict[str, Any]]) -> dict[str, Any]:
    """Find the one silence that is meant.

    Raises:
        Refused: none or several begin like that.
    """
    found = [one for one in standing if given and one["id"].startswith(given)]
    if len(found) == 1:
        return found[0]
    hint = suggestion(given, [one["id"] for one in standing]) or "none stands"
    if not given:
        raise Refused(message="which silence? give its id", hint=hint)
    raise Refused(message=f"{len(found) or 'no'} silence(s) that stand begin with '{given}'", hint=hint)
