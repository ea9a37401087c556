"""Let yourself read the environment's age file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.errors import Refused
from stack.tree import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Make a key where you have none, and add its public half to the recipients."""
    from pipelines.commands.secrets._vault import of_environment
    from stack.places import shown
    from stack.secrets.age import key_file, recipients_file

    path, key = of_environment(effects), key_file()
    place = recipients_file(path)
    made = not key.exists()
    if made:
        _make(key)
    public = _public(key)
    text = place.read_text() if place.exists() else "# Who may read it: a public key of age or SSH a line.\n"
    is_named = public in text.split()
    if not is_named:
        write_atomically(place, f"{text.rstrip()}\n{public}\n".encode())
    effects.console.result({"key": str(key), "recipient": public, "recipients": str(place)})
    todo = "invoke secrets.edit"
    if path.exists() and not is_named:
        todo = "commit it, and let somebody who can read the file run invoke secrets.edit --anew"
    kept = "your new key, which nobody can give you again," if made else "your key"
    effects.console.end(f"{kept} is {key}; {shown(place)} names {public}; next: {todo}")
    return 0


def _make(key: Path) -> None:
    from stack.secrets.age import new_key

    private, public = new_key()
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(key, f"# public key: {public}\n{private}\n".encode(), mode=0o600)


def _public(key: Path) -> str:
    """Give the public half of a key file.

    Raises:
        Refused: it holds no key of age that one can tell the public half of.
    """
    from stack.secrets.age import Closed, identities

    try:
        return str(identities()[0].to_public())
    except Closed as closed:
        raise Refused(message=str(closed)) from closed
    except AttributeError:
        hint = "add its .pub line to the recipients' file yourself"
        raise Refused(message=f"{key} is a key of SSH", hint=hint) from None
