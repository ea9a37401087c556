"""Give a secret another value at the next deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.lock import hold
from pipelines.core.options import Option
from stack.errors import Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("name", "which", positional=True),)


def run(effects: Effects) -> int:
    """Make another value where that is ours to make; else say where it is made."""
    from pipelines.commands.secrets._known import known

    name, references = effects.options.text("name"), {one.name: one.reference for one in known(effects)}
    if name not in references:
        message = f"there is no secret '{name}' here" if name else "which secret?"
        raise Refused(message=message, hint=suggestion(name, references))
    hold(effects)
    _rotate(name, references[name], effects)
    effects.console.result({"rotated": name})
    effects.console.end(f"{name} has another value; next: invoke deploy brings it to whoever reads it")
    return 0


def _rotate(name: str, reference: str, effects: Effects) -> None:
    from stack.secrets.kind import kinds

    word, _, said = reference.partition(":")
    kind = kinds()[word]
    if kind.elsewhere:
        hint = f"{kind.elsewhere.format(said=said)}, then invoke deploy"
        raise Refused(message=f"{name} comes from {reference}, which is not ours to change", hint=hint)
    if word == "age":
        _in_age_file(said, effects)
    else:
        _generated(name, effects)


def _generated(name: str, effects: Effects) -> None:
    from stack import secrets
    from stack.secrets.kinds.generated import generate

    folder = effects.folder / "secrets"
    if not (folder / name).exists():
        hint = "the first deploy makes it"
        raise Refused(message=f"{name} has no value yet that could be another", hint=hint)
    secrets.renew(name, generate(), folder)


def _in_age_file(entry: str, effects: Effects) -> None:
    from pipelines.commands.secrets._vault import of_environment, replaced, unsealed, write
    from stack.places import shown
    from stack.secrets.kinds.generated import generate

    path = of_environment(effects)
    try:
        text = replaced(unsealed(path), entry, generate())
    except KeyError:
        hint = "add it with `invoke secrets.edit`"
        raise Refused(message=f"{shown(path)} has no '{entry}'", hint=hint) from None
    write(path, text, like=path)
