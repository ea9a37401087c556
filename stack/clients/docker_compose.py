"""Docker Compose as a program: found like any other one, and started by itself."""

from __future__ import annotations

from stack.programs import Program, Release

__all__ = ["COMPOSE"]

RELEASES = "https://github.com/docker/compose/releases/download/v{version}"

COMPOSE = Program(
    name="docker_compose",
    executables=("docker-compose",),
    # `--dry-run`, and `include`: older ones are of 2023 and before.
    floor="2.20",
    packages=("docker-compose",),
    release=Release(
        archive=f"{RELEASES}/docker-compose-linux-{{machine}}",
        digests=f"{RELEASES}/docker-compose-linux-{{machine}}.sha256",
        bare=True,
    ),
    # A plugin of the `docker` command runs by itself as well. On PATH there may be the old one, in Python.
    folders=(
        "~/.docker/cli-plugins",
        "/usr/local/lib/docker/cli-plugins",
        "/usr/local/libexec/docker/cli-plugins",
        "/usr/lib/docker/cli-plugins",
        "/usr/libexec/docker/cli-plugins",
    ),
)
"""Source: https://docs.docker.com/compose/install/linux/#install-the-plugin-manually"""
