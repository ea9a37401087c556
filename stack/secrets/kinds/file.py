"""The content of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack.errors import SecretUnreadable
from stack.secrets.kind import Kind

if TYPE_CHECKING:
    from stack.secrets.kind import Known

__all__ = ["KIND"]


def _read(name: str, argument: str, known: Known) -> str:
    del known
    try:
        return Path(argument).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise SecretUnreadable(name=name, message=f"file {argument}: {reason}") from error


KIND = Kind(form="file:PATH", pattern="file:.+", read=_read, elsewhere="write another value into {said}")
