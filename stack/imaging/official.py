"""Our own programs on the official Python: built by the engine itself, where it has a registry."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from stack.clients.docker import answered
from stack.errors import DefinitionInvalid, EngineRefused
from stack.images import OWN
from stack.imaging.own import foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docker import DockerClient

    from stack.tree import Tree

__all__ = ["BASE", "build", "context", "pinned"]

LOCK = Path(__file__).parents[2] / "requirements.lock"
BASE = "docker.io/library/python:3.13-slim"

# Our code is not installed: it is no distribution of its own, and lies where nothing else does.
DOCKERFILE = f"""\
ARG BASE
FROM ${{BASE}}
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --no-compile --require-hashes --no-deps -r /tmp/requirements.txt \\
 && rm /tmp/requirements.txt && mkdir -p /monitoring
COPY stack /opt/monitoring/stack
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/monitoring
ENV PYTHONPATH=/opt/monitoring PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8
USER {OWN.user}
WORKDIR /
ENTRYPOINT ["python3"]
"""


def build(engine: DockerClient, reference: str, base: str, code: Tree, labels: Mapping[str, str]) -> None:
    """Have the engine build the image; it fetches the base and the packages itself.

    Raises:
        EngineRefused: it cannot, with its own words.
        EngineUnreachable: it went away.
    """
    try:
        with answered(f"build image {reference}"):
            engine.images.build(
                fileobj=io.BytesIO(context(code)),
                custom_context=True,
                tag=reference,
                labels=dict(labels),
                buildargs={"BASE": base},
                rm=True,
                forcerm=True,
            )
    except EngineRefused as error:
        error.advice = "where the engine reaches no registry, build it of packages: --set images=built"
        raise


def context(code: Tree) -> bytes:
    """Pack what the engine builds from: the same bytes on every machine.

    Raises:
        DefinitionInvalid: `requirements.lock` lacks a distribution.
    """
    files = {
        "Dockerfile": DOCKERFILE.encode(),
        "requirements.txt": pinned(foreign(code), LOCK.read_text()).encode(),
        **code.files,
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            tar.addfile(member, io.BytesIO(files[name]))
    return packed.getvalue()


def pinned(names: Iterable[str], lock: str) -> str:
    """Give the part of a lock that pins these distributions, their digests with them.

    Raises:
        DefinitionInvalid: it lacks one of them.
    """
    blocks = re.findall(r"^\S+==.*\n(?:[ \t]+.*\n?)*", lock, re.MULTILINE)
    by_name: dict[str, str] = {
        canonicalize_name(block.partition("==")[0].partition("[")[0]): block for block in blocks
    }
    for name in names:
        if name not in by_name:
            raise DefinitionInvalid(file=LOCK.name, message=f"has no {name}, which our own programs import")
    return "".join(by_name[name] for name in sorted(names))
