"""Every check passed on the release that is live, as the newest run on record says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.checklist import Line, green, red, unknown
from pipelines.core.tested import counts_in

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["CHECKING", "LINE"]

CHECKING = ("check", "deploy", "deploy.plan", "deploy.apply", "rollback")
"""The runs that ask the checks."""


def _run(look: Look) -> Verdict:
    release = look.release.id
    record = look.newest(*CHECKING, about="checks", release=release)
    if record is None:
        return unknown(f"no run on record has checked the live release {release}", look.command("check"))
    counts = counts_in(record).get("check", {})
    passed, failed = counts.get("passed", 0), counts.get("failed", 0)
    if failed or not passed:
        found = sorted({one["check"] for one in record["problems"] if one["severity"] == "error"})
        named = f": {', '.join(found)}" if found else ""
        return red(
            f"{failed} of {passed + failed} checks failed{named} ({look.told(record)})", look.command("check")
        )
    warnings = f", {len(record['problems'])} warning(s)" if record["problems"] else ""
    return green(f"{passed} checks passed on release {release}{warnings} ({look.told(record)})")


LINE = Line(asks="Every check passes on what is live.", run=_run)
