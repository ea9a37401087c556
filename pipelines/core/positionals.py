"""Invoke's parser asks for every positional argument; ours may all be left out: `logs [SERVICE]`."""

from __future__ import annotations

from invoke.parser.parser import ParseMachine

__all__ = ["let_positionals_be_left_out"]

_complete_context = ParseMachine.complete_context
_see_positional_arg = ParseMachine.see_positional_arg


def let_positionals_be_left_out() -> None:
    """Let a positional argument that was not given be an empty text.

    Invoke offers no way to say so, and none to name another parser: its own methods are wrapped.
    """
    ParseMachine.complete_context = _complete  # type: ignore[assignment, method-assign]
    ParseMachine.see_positional_arg = _see  # type: ignore[assignment, method-assign]


def _complete(machine: ParseMachine) -> None:
    _leave_out(machine)
    _complete_context(machine)


def _see(machine: ParseMachine, token: str) -> None:
    """Take a flag or the next task's name for what it is: `logs --help`, `restart status`."""
    if token.startswith("-") or token in machine.contexts:
        _leave_out(machine)
        machine.handle(token)
    else:
        _see_positional_arg(machine, token)


def _leave_out(machine: ParseMachine) -> None:
    for argument in machine.context.missing_positional_args if machine.context else ():
        argument.set_value("", cast=False)
