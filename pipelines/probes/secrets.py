"""No secret's value stands in a metrics page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting
from stack.errors import HttpFailed
from stack.secrets import telling

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]


def _run(sight: Sight) -> str:
    known = telling(sight.runtime.folder / "secrets")
    pages = {name: _page(name, sight) for name in sight.release.stack.services}
    for service, page in pages.items():
        for name, value in known.items():
            if value in page:
                message = f"the value of secret {name} stands in the metrics of {service}"
                raise Waiting(message)
    return f"none of {len(known)} secret(s) stands in {len(pages)} metrics pages"


def _page(name: str, sight: Sight) -> str:
    try:
        return sight.door(name).get("/metrics").text
    except HttpFailed as error:
        message = f"{name}: {error}"
        raise Waiting(message) from error


PROBE = Probe(asks="whether a secret leaked into a metrics page", run=_run)
