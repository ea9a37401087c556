"""Where an environment's backups go, how many of them are kept, and when the stack itself makes them."""

from __future__ import annotations

import re
import time
from datetime import UTC
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from stack.cron import Moments, zone
from stack.section import Name, Section

if TYPE_CHECKING:
    from pydantic.config import JsonDict

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


def _moments(fields: str) -> str:
    if fields and Moments.read(fields).after(time.time(), UTC) is None:
        message = f"{fields!r} names no moment that ever comes"
        raise ValueError(message)
    return fields


def _zone(name: str) -> str:
    zone(name)
    return name


# Editors get this pattern by the JSON Schema; the validator beside it has the better message.
_FIVE: JsonDict = {"pattern": r"^([0-9*,/-]+( [0-9*,/-]+){4})?$"}

At = Annotated[str, AfterValidator(_moments), Field(json_schema_extra=_FIVE)]


class Keep(Section):
    """How many snapshots are kept by each rule; one that any of them names stays."""

    last: Count = 3
    hourly: Count = 0
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12
    yearly: Count = 0


class Backup(Section):
    """Where backups are stored, by restic, how many of them are kept, and when a stack makes its own."""

    repository: Annotated[str, AfterValidator(_without_password)] = Field(
        default="",
        description="A folder, or as restic names it: sftp:…, s3:…, rest:…; usually one below var/backups.",
    )
    variables: dict[str, Name] = Field(
        default={}, description="What restic needs for that storage, each by the name of a secret."
    )
    keep: Annotated[Keep, AfterValidator(_some)] = Keep()
    schedule: At = Field(
        default="",
        description="When a service of the stack backs up, in five fields of cron; empty: there is none.",
    )
    drill: At = Field(
        default="43 4 * * 0", description="When the same service drills a restore; empty: it does not."
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="The time zone of both: Europe/Berlin."
    )

    @property
    def secrets(self) -> frozenset[str]:
        """The names of all secrets that it takes to open the repository."""
        return frozenset({PASSWORD, *self.variables.values()})
