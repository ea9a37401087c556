"""Invoke's parser asks for every positional argument; ours may all be left out: `logs [SERVICE]`."""

from __future__ import annotations

from invoke.parser.parser import ParseMachine

__all__ = ["let_positionals_be_left_out"]

_complete_context = ParseMachine.complete_context


def let_positionals_be_left_out() -> None:
    """Let a positional argument that was not given be an empty text.

    Invoke offers no way to say so, and none to name another parser: its own method is wrapped.
    """
    ParseMachine.complete_context = _lenient  # type: ignore[assignment, method-assign]


def _lenient(machine: ParseMachine) -> None:
    for argument in machine.context.missing_positional_args if machine.context else ():
        argument.set_value("", cast=False)
    _complete_context(machine)
