"""An entry of the environment's own file in git, which only its recipients' keys open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack.errors import SecretUnreadable
from stack.places import shown
from stack.secrets.kind import Kind

if TYPE_CHECKING:
    from stack.secrets.kind import Known

__all__ = ["KIND", "placed"]


def placed(reference: str, file: Path | None) -> str:
    """Say in a reference to which file it leads: `age:NAME` becomes `age:NAME:FILE`; others stay."""
    return f"{reference}:{file}" if reference.startswith("age:") and file else reference


def _read(name: str, argument: str, known: Known) -> str:
    import yaml  # what `--list` comes by must not wait for these

    from stack.emit import from_yaml
    from stack.secrets.age import Closed, opened

    del known
    entry, _, place = argument.partition(":")
    file = Path(place)
    if not place or not file.is_file():
        message = f"there is no {shown(file) if place else 'age file'}; make it with `invoke secrets.edit`"
        raise SecretUnreadable(name=name, message=message)
    try:
        document = from_yaml(opened(file))
    except Closed as closed:
        raise SecretUnreadable(name=name, message=str(closed)) from closed
    except yaml.YAMLError:
        # Without its cause: that would show the lines around the mistake.
        message = f"{shown(file)} holds no YAML; mend it with `invoke secrets.edit`"
        raise SecretUnreadable(name=name, message=message) from None
    value = document.get(entry) if isinstance(document, dict) else None
    if not isinstance(value, str):
        message = f"{shown(file)} has no text under '{entry}'; add it with `invoke secrets.edit`"
        raise SecretUnreadable(name=name, message=message)
    return value


KIND = Kind(form="age:NAME", pattern=r"age:[a-zA-Z][\w-]*", read=_read)
