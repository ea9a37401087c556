"""Every secret of an environment: where it comes from, how old it is, and who reads it; never its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.assemble import assemble
from stack.references import needed_secrets, readers
from stack.rendering import render_tree
from stack.secrets import fingerprint, rotated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["Known", "known"]


@dataclass(frozen=True, slots=True)
class Known:
    """One secret.

    Args:
        name: its name.
        reference: where it comes from, as the environment says it.
        state: in use, rotated (the next deploy brings another value), or not read yet.
        fingerprint: eight digits that change with its value; empty where none is on disk.
        changed: unix seconds of its last change on disk, 0 where none is.
        readers: the services that read it, and the secrets made from it.
    """

    name: str
    reference: str
    state: str
    fingerprint: str
    changed: float
    readers: tuple[str, ...]


def known(effects: Effects) -> tuple[Known, ...]:
    """List the secrets that an environment names, and those that its services read by themselves.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
    """
    stack, tree = _rendered(effects)
    needed = needed_secrets(stack, tree)
    everything = {**needed, **stack.environment.secrets}
    folder = effects.folder / "secrets"
    waiting = rotated(needed, folder)

    def of(name: str) -> Iterator[str]:
        yield from readers(name, stack, tree)
        yield from (other for other, reference in everything.items() if reference == f"bcrypt:{name}")

    def one(name: str) -> Known:
        path = folder / name
        there = path.is_file()
        state = "not read yet" if not there else "rotated" if name in waiting else "in use"
        mark, changed = (fingerprint(name, folder), path.stat().st_mtime) if there else ("", 0.0)
        return Known(name, everything[name], state, mark, changed, tuple(of(name)))

    return tuple(one(name) for name in sorted(everything))


def _rendered(effects: Effects) -> tuple[Stack, Tree]:
    """Make an environment's files, whatever programs this machine has."""
    environment = effects.options.load().environment
    stack = assemble(environment, root=effects.root, sites=effects.options.sites)
    return stack, render_tree(stack, effects.runtime.files(stack))[1]
