"""Where restic is to be had."""

from __future__ import annotations

from stack.programs import Program, Release

__all__ = ["RESTIC"]

RELEASES = "https://github.com/restic/restic/releases/download/v{version}"

RESTIC = Program(
    name="restic",
    executables=("restic",),
    # Exit codes that tell a missing repository, a lock and a wrong password apart.
    floor="0.17",
    packages=("restic",),
    release=Release(
        archive=f"{RELEASES}/restic_{{version}}_linux_{{arch}}.bz2",
        digests=f"{RELEASES}/SHA256SUMS",
        bare=True,
    ),
)
"""Source: https://restic.readthedocs.io/en/stable/020_installation.html#official-binaries"""
