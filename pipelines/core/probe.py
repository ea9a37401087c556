"""What a smoke probe is: a question to the live stack, asked until it passes or the deadline ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.clients.prometheus import Prometheus
from stack.emit import from_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stack.clients.http import Session
    from stack.environment import Environment
    from stack.runtimes.protocol import Release, Runtime

__all__ = ["Probe", "Sight", "Waiting"]


def _always(environment: Environment) -> bool:
    del environment
    return True


class Waiting(Exception):
    """What is asked for is not there yet; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a probe looks at.

    Args:
        release: what was rendered.
        runtime: what carries it.
        since: unix seconds of the release's activation.
        seen: what a probe has found before, by its own name, so that it need not ask for all of it again.
    """

    release: Release
    runtime: Runtime
    since: float
    seen: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def environment(self) -> Environment:
        """The environment of the release."""
        return self.release.stack.environment

    @property
    def prometheus(self) -> Prometheus:
        """The live Prometheus."""
        return Prometheus(self.door("prometheus"))

    def door(self, service: str) -> Session:
        """Give HTTP to a service of the stack."""
        return self.runtime.door(self.release.stack, service)

    def rendered(self, path: str) -> Mapping[str, Any]:
        """Give a rendered YAML file of the release as a document."""
        document: Mapping[str, Any] = from_yaml(self.release.tree.files[path]) or {}
        return document


@dataclass(frozen=True, slots=True)
class Probe:
    """One question.

    Args:
        asks: what it asks, in a few words.
        run: gives the evidence once it passes, and raises `Waiting` until then.
        needs: the services without which there is nothing to ask.
        wanted: whether an environment asks for it.
        quick: whether it is also asked after a deploy that changed nothing.
    """

    asks: str
    run: Callable[[Sight], str]
    needs: tuple[str, ...] = ()
    quick: bool = False
    wanted: Callable[[Environment], bool] = _always
