"""Keep alerts quiet, with a reason and an end."""

from __future__ import annotations

import getpass
import time
from typing import TYPE_CHECKING

from pipelines.alerting.servers import live_servers
from pipelines.alerting.silencing import (
    matched,
    read_end,
    read_matchers,
    refuse_too_wide,
)
from pipelines.core.options import Option
from stack.alerting.silences import as_document, written
from stack.duration import spoken
from stack.errors import Refused
from stack.moment import clock, moment

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("matcher", "an alert's name, or a matcher: service=crm", positional=True),
    Option("match", "one more matcher that must hold as well (may be repeated)", many=True),
    Option("author", "who silences; without it, who you are on this machine"),
    Option("reason", "why; it is needed"),
    Option("duration", "for how long: 2h, 1d"),
    Option("until", "until when, instead: 2030-01-31T18:00Z"),
    Option("wide", "also where it silences everything, or the Watchdog", default=False),
)


def run(effects: Effects) -> int:
    """Check what is asked for, make the silence, and say what it keeps quiet right now."""
    options, now = effects.options, time.time()
    matchers = read_matchers([*filter(None, [options.text("matcher")]), *options.texts("match")])
    end = read_end(options.text("duration"), options.text("until"), now)
    author, reason = options.text("author") or _user(), options.text("reason").strip()
    if not reason:
        raise Refused(message="a silence needs a reason", hint="say why: --reason 'we replace its disk'")
    servers = live_servers(effects)
    held = servers.alertmanager.alerts()
    if not options.flag("wide"):
        refuse_too_wide(matchers, servers.environment, held)
    silence = {
        "matchers": as_document(matchers),
        "startsAt": moment(now),
        "endsAt": moment(end),
        "createdBy": author,
        "comment": reason,
    }
    name = servers.alertmanager.create_silence(silence)
    quiet = matched(matchers, held)
    effects.console.result({"silence": name, **silence, "silences_now": [one["labels"] for one in quiet]})
    names = ", ".join(sorted({str(one["labels"].get("alertname")) for one in quiet}))
    what = (
        f"silences {len(quiet)} firing alert(s) right now: {names}"
        if quiet
        else "silences no alert right now"
    )
    effects.console.end(
        f"{written(matchers)} is silent until {clock(end)} ({spoken(end - now)}); it {what}; "
        f"end it with: invoke silence.expire {name}"
    )
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        message = "nobody knows who you are here"
        raise Refused(message=message, hint="say who silences: --author NAME") from error
