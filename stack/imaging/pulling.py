"""Images out of a registry, fetched by the engine itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stack.clients.docker import answered
from stack.errors import EngineRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from docker import DockerClient

__all__ = ["pull"]

MOVED = "the registry has no such bytes: where a tag was moved, look why before you change `digests`"
ADVICE = (
    (r"manifest unknown|not found", "is that version published there? see `versions`, `registries`"),
    (r"denied|unauthorized|no basic auth", "log in where you deploy: docker login {host}"),
    (r"", "name a mirror under `registries`, or build them without any: --set images=built"),
)
"""What to do, by what the engine says of a registry."""


def pull(engine: DockerClient, reference: str, progress: Callable[[str, int, int | None], None]) -> None:
    """Let the engine fetch an image: `host/name:tag`, with `@sha256:…` behind it where its digest is known.

    Args:
        engine: the engine.
        reference: the image; with a digest just that is fetched, whatever the tag leads to now.
        progress: takes how far the layers are that it has told of, in bytes.

    Raises:
        EngineRefused: the registry does not answer, or does not have it.
    """
    named, _, digest = reference.partition("@")
    repository, _, tag = named.rpartition(":")
    try:
        with answered(f"pull {reference}"):
            _follow(
                engine.api.pull(repository, tag=digest or tag, stream=True, decode=True), reference, progress
            )
            if digest:  # the engine would leave it without a name
                engine.api.tag(f"{repository}@{digest}", repository, tag)
    except EngineRefused as error:
        error.advice = MOVED if digest and "not found" in str(error) else _advice(str(error), repository)
        raise


def _follow(
    lines: Iterable[Mapping[str, Any]], reference: str, progress: Callable[[str, int, int | None], None]
) -> None:
    have: dict[str, int] = {}
    total: dict[str, int] = {}
    for line in lines:
        if fault := line.get("error"):
            raise EngineRefused(what=f"pull {reference}", message=str(fault).strip())
        detail = line.get("progressDetail") or {}
        if line.get("status") == "Downloading" and detail.get("total"):
            have[line["id"]], total[line["id"]] = detail["current"], detail["total"]
            progress(reference, sum(have.values()), sum(total.values()))


def _advice(said: str, repository: str) -> str:
    advice = next(advice for pattern, advice in ADVICE if re.search(pattern, said))
    return advice.format(host=repository.partition("/")[0])
