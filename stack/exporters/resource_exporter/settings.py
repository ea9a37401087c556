"""What the resource exporter is told to do, read from its JSON file."""

from __future__ import annotations

import inspect
import json
import os
from collections import Counter
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stack.discover import stems
from stack.duration import seconds
from stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stack.exporters.resource_exporter.seen import Seen

__all__ = ["Resource", "Settings", "read"]

KINDS = "stack.exporters.resource_exporter.kinds"


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing to look after; `interval` and `timeout` in seconds, `details` are the keys of its kind."""

    name: str
    kind: str
    details: Mapping[str, Any]
    metrics: str
    interval: float
    timeout: float

    @property
    def check(self) -> Callable[[], bool | Seen]:
        """The function that checks it once."""
        function = import_module(f"{KINDS}.{self.kind}").check
        return partial(function, **self.details, timeout=self.timeout)


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment's name, its resources, and the file with the address that beats are passed on to."""

    env: str
    resources: tuple[Resource, ...]
    forward: Path | None


def read(path: Path) -> Settings:
    """Read the exporter's file.

    Raises:
        StackError: it cannot be read, or something in it is wrong.
    """
    try:
        return _settings(json.loads(path.read_bytes()), path.parent)
    except OSError as error:
        raise StackError(message=f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise StackError(message=f"{path}: {error}") from error


def _settings(document: object, folder: Path) -> Settings:
    match document:
        case {"env": str(env), "resources": list(entries), "watchdog": {"forward_file": str(forward)}}:
            resources = tuple(_resource(entry, f"resources[{at}]") for at, entry in enumerate(entries))
            _refuse_namesakes(resources)
            return Settings(env, resources, _beside(folder, forward))
    raise ValueError("must be a mapping of `env`, `resources` and `watchdog` with its `forward_file`")


def _beside(folder: Path, written: str) -> Path | None:
    # By the letters, as Prometheus and Alertmanager do: `..` must not follow the link to a release.
    return Path(os.path.normpath(folder / written)) if written else None


def _resource(entry: object, place: str) -> Resource:
    match entry:
        case {"name": str(name), "kind": str(kind), **rest}:
            interval = _positive(rest.pop("interval", "15s"), f"{place} '{name}': interval")
            timeout = _positive(rest.pop("timeout", "5s"), f"{place} '{name}': timeout")
            metrics = _page(rest.pop("metrics", ""), f"{place} '{name}': metrics")
            details = {str(key): value for key, value in rest.items()}
            made = Resource(name, kind, details, metrics, interval, timeout)
            _refuse_odd_keys(made, f"{place} '{name}'")
            return made
    raise ValueError(f"{place} needs a `name` and a `kind`")


def _positive(written: object, place: str) -> float:
    try:
        duration = seconds(str(written))
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if not duration:
        raise ValueError(f"{place} must be longer than nothing")
    return duration


def _page(written: object, place: str) -> str:
    try:
        parts = urlsplit(str(written))
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if written and not fits:
        raise ValueError(f"{place}: '{written}' is no page; write it like http://host:9100/metrics")
    return str(written or "")


def _refuse_odd_keys(resource: Resource, place: str) -> None:
    if resource.kind not in (known := stems(KINDS)):
        raise ValueError(f"{place}: there is no kind '{resource.kind}'; there are {', '.join(known)}")
    function = import_module(f"{KINDS}.{resource.kind}").check
    try:
        inspect.signature(function).bind(**resource.details, timeout=resource.timeout)
    except TypeError as error:
        raise ValueError(f"{place}: {error}") from error


def _refuse_namesakes(resources: tuple[Resource, ...]) -> None:
    counts = Counter(resource.name for resource in resources)
    if twice := sorted(name for name, count in counts.items() if count > 1):
        raise ValueError(f"more than one resource is named {', '.join(twice)}")
