"""Debian's Alertmanager outside of /usr: it opens its templates at a path that is compiled in."""

from __future__ import annotations

from stack.errors import Refused

__all__ = ["BESIDE", "FOLDER", "put_back", "relocate"]

FOLDER = "usr/share/prometheus/alertmanager"
BESIDE = "alertmanager-templates"
PLACES = 3
"""The folder stands in the program by itself, with `/ui` and with `/no-ui`."""


def relocate(program: bytes) -> bytes:
    """Point the program at the folder `alertmanager-templates` in its working folder.

    A path of the same length is put in, so that nothing else in the program moves.

    Raises:
        Refused: the compiled-in path does not stand where it is known to.
    """
    old, new = _paths()
    found = program.count(old)
    if found != PLACES:
        message = f"its template folder /{FOLDER} stands in it {found} times, not {PLACES}: an unknown build"
        raise Refused(message=message)
    return program.replace(old, new)


def put_back(program: bytes) -> bytes:
    """Point a relocated program at the compiled-in folder again: in an image it lies at its own place."""
    old, new = _paths()
    return program.replace(new, old)


def _paths() -> tuple[bytes, bytes]:
    old = f"/{FOLDER}".encode()
    return old, b"./" + BESIDE.encode().rjust(len(old) - 2, b"/")
