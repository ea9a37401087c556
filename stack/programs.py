"""What has to be installed for a service: a program, its versions, and how each source names it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Program", "Release", "aliases"]


@dataclass(frozen=True, slots=True)
class Release:
    """Where a project publishes its release archives; `{version}` and the like are filled in.

    Further `{build}`, `{arch}` (`amd64`) and `{machine}` (`x86_64`).

    Args:
        archive: the address of the archive.
        digests: the address of the digest list beside it (`<hex>  <file name>` lines, or one bare digest).
        algorithm: the digests' algorithm, as `hashlib` names it.
        bare: whether it is no archive, but the one command itself.
    """

    archive: str
    digests: str
    algorithm: str = "sha256"
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A program of someone else that a service or a check runs.

    Args:
        name: its name here and the key of its pin in `stack/binaries.lock`.
        executables: the commands that it brings, by the project's own names, the server first.
        floor: the oldest version that may be used at all.
        packages: the Debian packages that hold these commands; one that a suite lacks is left out.
        release: its official release archive; None where there is none.
        folders: where it may stand beside PATH, looked at first; `~` is the user's home.
    """

    name: str
    executables: tuple[str, ...]
    floor: str
    packages: tuple[str, ...] = ()
    release: Release | None = None
    folders: tuple[str, ...] = ()


def aliases(executable: str) -> tuple[str, str]:
    """Give the file names that a command may have: the project's own, and the one Debian gives it."""
    return executable, f"prometheus-{executable.replace('_', '-')}"
