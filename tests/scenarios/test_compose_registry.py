"""Official images out of a registry: pulled once, or refused in one line while the old release serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stack.assemble import services
from stack.environment import Environment
from stack.images import image, own_reference
from stack.sources._wanted import want
from tests.compose_lab import SMALL, compose_lab
from tests.engine import docker
from tests.own_engine import own_engine
from tests.registry import line_that_ends, random_image, registry
from tests.scenarios.test_compose_refusals import refused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

PROGRAMS = {
    name: service.program for name, service in services().items() if name in SMALL and service.program
}
"""Those of a lab, by their service."""


def version(service: str) -> str:
    """Give the pinned version of a service's program."""
    return want(PROGRAMS[service], Environment(name="test")).version


def path(service: str, tag: str = "") -> str:
    """Name a program's image as it is called in whatever stands in for its own registry."""
    official = image(PROGRAMS[service].name).official(tag or version(service))
    return official.partition("@")[0].partition("/")[2]


def pulled_from(port: int, **sections: Any) -> dict[str, Any]:
    """Give the sections of an environment that pulls all from one registry, whatever bytes it has there."""
    host = f"127.0.0.1:{port}"
    return {
        "images": "official",
        "registries": {"quay.io": host, "docker.io": host},
        "digests": {program.name: {version(name): None} for name, program in PROGRAMS.items()},
        **sections,
    }


def test_a_release_of_pulled_images_is_proved_and_pulls_nothing_again(
    compose: ComposeLab, tmp_path: Path
) -> None:
    """On an engine of its own, which has nothing but our own image."""
    with registry(tmp_path / "registry") as made:
        digests = {
            program.name: {version(name): made.push(compose.inspect(name)["Config"]["Image"], path(name))}
            for name, program in PROGRAMS.items()
        } | {"caddy": {version("proxy"): None}}
        docker("save", "-o", f"{tmp_path}/own.tar", own_reference())
        made.stop()
        with own_engine():
            made.start()
            docker("load", "-i", f"{tmp_path}/own.tar")
            with compose_lab(tmp_path / "lab") as lab:
                lab.environment(**pulled_from(made.port, digests=digests))
                assert lab.invoke("images.list").code == 1
                lab.invoke("deploy").ok()
                assert lab.serving()
                assert lab.inspect("prometheus")["Config"]["Image"] == f"{made.host}/{path('prometheus')}"
                asked = made.asked()
                assert asked > len(PROGRAMS)

                made.stop()
                lab.invoke("deploy").ok()
                lab.rule("Extra", "up > 7")
                lab.invoke("deploy").ok()
                assert made.asked() == asked
                lab.environment(**pulled_from(made.port, versions={"node_exporter": "1.11.99"}))
                refused(lab, 21, "connection refused", "`registries`")


def test_a_version_that_the_registry_has_not_and_a_tag_that_was_moved_are_refused(
    compose: ComposeLab, tmp_path: Path
) -> None:
    with registry(tmp_path / "registry") as made, random_image(tmp_path) as other:
        for name in PROGRAMS:
            made.push(other, path(name))
        compose.environment(**pulled_from(made.port, versions={"alertmanager": "0.33.99"}))
        refused(compose, 21, f"cannot pull {made.host}/prometheus/alertmanager:v0.33.99", "manifest unknown")

        pinned = {"alertmanager": {version("alertmanager"): f"sha256:{'a' * 64}"}}
        compose.environment(**pulled_from(made.port, digests=pinned))
        refused(compose, 21, "not found", "the registry has no such bytes")


def test_a_registry_that_goes_away_in_the_middle_of_a_pull_is_one_line(
    compose: ComposeLab, tmp_path: Path
) -> None:
    with registry(tmp_path / "registry") as made:
        with random_image(tmp_path, 16) as other:
            made.push(other, path("proxy", "2.11.99"))
        with line_that_ends(made.port, 4 << 20) as port:
            compose.environment(**pulled_from(port, versions={"caddy": "2.11.99"}))
            refused(compose, 21, f"cannot pull 127.0.0.1:{port}/library/caddy:2.11.99")
