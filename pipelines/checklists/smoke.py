"""The live release is proved: every probe found what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.checklist import Line, green, red, unknown
from stack.runtimes.protocol import State

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]

ASKING = ("deploy", "deploy.smoke", "rollback")
"""The runs that ask the probes."""


def _run(look: Look) -> Verdict:
    release, todo = look.release.id, look.command("deploy.smoke")
    record = look.newest(*ASKING, about="findings", asked_release=release)
    if record is None:
        return unknown(f"no run on record has asked the live release {release}", todo)
    missing = [f"{probe}: {said}" for probe, passed, said, *_ in record["findings"] if not passed]
    if missing:
        return red(f"{len(missing)} probe(s) did not pass: {missing[0]} ({look.told(record)})", todo)
    if look.effects.runtime.live().state is not State.PROVED:
        return red(f"release {release} is live, and not proved", todo)
    return green(f"{len(record['findings'])} probes passed on release {release} ({look.told(record)})")


LINE = Line(asks="The live release is proved: every probe has passed.", run=_run)
