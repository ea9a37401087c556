"""Edit the environment's age file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.lock import hold
from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("anew", "seal it without an editor, for whom its recipients' file names now", default=False),
    Option("fresh", "forget what an earlier edit left that could not be taken", default=False),
)

DRAFT = "secrets.draft.age"
"""What was edited and could not be taken, sealed, so that nobody has to type it again."""


def run(effects: Effects) -> int:
    """Open, edit, check, seal; where nothing is another, nothing is written."""
    from pipelines.commands.secrets._vault import of_environment, refuse_nobody, unsealed, write

    path, draft = of_environment(effects), effects.folder / DRAFT
    hold(effects)
    refuse_nobody(path)
    before, text = _bytes(path), unsealed(path)
    if effects.options.flag("anew"):
        write(path, text, like=path)
        return _end(effects, path, "is sealed for whom its recipients' file names now")
    if effects.options.flag("fresh"):
        draft.unlink(missing_ok=True)
    after = _edited(unsealed(draft) if draft.exists() else text, path, draft)
    if after == text:
        draft.unlink(missing_ok=True)
        return _end(effects, path, "stays as it was")
    if _bytes(path) != before:
        _keep(_both(after, path), path, draft, "somebody else has changed it meanwhile")
    write(path, after, like=path)
    draft.unlink(missing_ok=True)
    return _end(effects, path, "is sealed again; next: invoke deploy, and commit it")


def _edited(begun: str, path: Path, draft: Path) -> str:
    """Let the user edit a text, and give it where it can be taken."""
    from pipelines.commands.secrets._editor import edited
    from pipelines.commands.secrets._vault import faults

    after, code = edited(begun, f"{path.stem}.yaml")
    if code and after == begun:
        raise Refused(message=f"the editor ended with {code}; nothing was changed")
    if code:
        _keep(after, path, draft, f"the editor ended with {code}")
    if wrong := next(faults(after, path), None):
        _keep(after, path, draft, wrong.line())
    return after


def _both(text: str, path: Path) -> str:
    """Put what somebody else has written meanwhile before a text, as comments, so that neither is lost."""
    from pipelines.commands.secrets._vault import unsealed

    try:
        lines = unsealed(path).splitlines()
    except Refused:
        return text
    theirs = "".join(f"# {line}\n" for line in lines)
    return f"# Somebody else has changed the file to this; take over what is theirs:\n{theirs}{text}"


def _keep(text: str, path: Path, draft: Path, why: str) -> None:
    """Keep what cannot be taken, sealed as well, and say so.

    Raises:
        Refused: always.
    """
    from pipelines.commands.secrets._vault import write

    write(draft, text, like=path)
    hint = "`invoke secrets.edit` goes on with your text, --fresh forgets it"
    raise Refused(message=f"{why}; nothing was changed", hint=hint)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _end(effects: Effects, path: Path, what: str) -> int:
    from stack.places import shown

    effects.console.result({"file": str(path), "what": what})
    effects.console.end(f"{shown(path)} {what}")
    return 0
