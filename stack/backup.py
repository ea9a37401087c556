"""Where an environment's backups go, and how many of them are kept."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from stack.section import Name, Section

__all__ = ["PASSWORD", "Backup", "Keep"]

PASSWORD = "backup_password"  # noqa: S105 # a name
"""The secret that opens the repository."""

WITH_PASSWORD = re.compile(r"//[^/@\s]*:[^/@\s]*@")

Count = Annotated[int, Field(ge=0)]


def _without_password(repository: str) -> str:
    if WITH_PASSWORD.search(repository):
        message = "holds a password; give it by `backup.variables`: RESTIC_REST_PASSWORD: <secret>"
        raise ValueError(message)
    return repository


def _some(keep: Keep) -> Keep:
    if not any(keep.model_dump().values()):
        message = "keeps nothing: name at least one, as `last: 3`"
        raise ValueError(message)
    return keep


class Keep(Section):
    """How many snapshots are kept by each rule; one that any of them names stays."""

    last: Count = 3
    hourly: Count = 0
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12
    yearly: Count = 0


class Backup(Section):
    """Where backups are stored, by restic, and how many of them are kept."""

    repository: Annotated[str, AfterValidator(_without_password)] = Field(
        default="",
        description="A folder, or as restic names it: sftp:…, s3:…, rest:…; usually one below var/backups.",
    )
    variables: dict[str, Name] = Field(
        default={}, description="What restic needs for that storage, each by the name of a secret."
    )
    keep: Annotated[Keep, AfterValidator(_some)] = Keep()
