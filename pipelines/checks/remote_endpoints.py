"""Every remote read and write endpoint is an address; promtool takes any text for one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import mappings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for section in ("remote_write", "remote_read"):
        for index, endpoint in mappings(inspection.prometheus.get(section)):
            url = endpoint.get("url")
            if not _is_address(url):
                where = f"{PROMETHEUS}: {section}.{index}.url"
                yield Problem("remote_endpoints", where, f"'{url}' is no http(s) address")


def _is_address(url: object) -> bool:
    try:
        parts = urlsplit(str(url))
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


CHECK = Check(proves="every remote read and write endpoint is an address", run=_run)
