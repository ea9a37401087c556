"""The value of a variable of whoever deploys."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stack.errors import SecretUnreadable
from stack.secrets.kind import Kind

if TYPE_CHECKING:
    from stack.secrets.kind import Known

__all__ = ["KIND"]


def _read(name: str, argument: str, known: Known) -> str:
    del known
    if argument not in os.environ:
        raise SecretUnreadable(name=name, message=f"the variable {argument} is not set; export it")
    return os.environ[argument]


KIND = Kind(
    form="env:NAME",
    pattern=r"env:\w+",
    read=_read,
    elsewhere="give the variable {said} of whoever deploys another value",
)
