"""The typed model of an environment; `stack/load.py` reads it from YAML, with the place of every mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from stack.duration import seconds

if TYPE_CHECKING:
    from pydantic.config import JsonDict

__all__ = [
    "BinarySettings",
    "Cardinality",
    "Disabled",
    "Duration",
    "Environment",
    "Gates",
    "HttpResource",
    "Port",
    "ProcessResource",
    "Resource",
    "Slo",
    "TcpResource",
]

RESERVED = frozenset({"backups", "base", "cache", "runs"})
WINDOW = "$window"
SECRET_REFERENCE = re.compile(r"generated|env:\w+|file:.+|exec:.+")


def _duration(text: str) -> str:
    if not seconds(text):
        message = "must be longer than nothing"
        raise ValueError(message)
    return text


def _environment_name(name: str) -> str:
    if name in RESERVED:
        message = f"'{name}' is the name of a folder of ours; give the environment another"
        raise ValueError(message)
    return name


def _secret_reference(text: str) -> str:
    if not SECRET_REFERENCE.fullmatch(text):
        message = "must be `generated`, `env:NAME`, `file:PATH` or `exec:COMMAND`, never the value itself"
        raise ValueError(message)
    return text


def _over_a_window(expression: str) -> str:
    if WINDOW not in expression:
        message = (
            f"must look back over `{WINDOW}`, which stands for each window: `increase(x_total[{WINDOW}])`"
        )
        raise ValueError(message)
    return expression


# Editors get these patterns by the JSON Schema; the validators behind them have the better messages.
_DURATION: JsonDict = {"pattern": r"^([0-9]+(ms|[smhdwy]))+$"}
_REFERENCE: JsonDict = {"pattern": rf"^({SECRET_REFERENCE.pattern})$"}

Duration = Annotated[
    str,
    AfterValidator(_duration),
    Field(description="A Prometheus duration: 5s, 1m, 15d.", json_schema_extra=_DURATION),
]
Port = Annotated[int, Field(ge=1, le=65535)]
SecretReference = Annotated[str, AfterValidator(_secret_reference), Field(json_schema_extra=_REFERENCE)]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,39}$")]
Counted = Annotated[str, AfterValidator(_over_a_window)]
# YAML and JSON have lists only, and a strict tuple takes none.
Words = Annotated[tuple[str, ...], Field(strict=False)]


class _Section(BaseModel):
    """A part of an environment: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BinarySettings(_Section):
    """Where the native runtime finds its programs."""

    sources: tuple[Literal["path", "upstream", "debian"], ...] = Field(
        default=("path", "upstream", "debian"), min_length=1, description="Tried in this order.", strict=False
    )
    paths: dict[str, str] = Field(
        default={}, description="A program's own place, by its name: prometheus: /opt/p"
    )
    upstream: str = Field(
        default="", description="A mirror of the release pages, instead of the projects' own."
    )
    suite: str = Field(default="forky", description="The Debian suite that `debian` takes packages from.")


class Disabled(_Section):
    """Parts to leave out: a rollback by parts."""

    rules: Words = Field(default=(), description="Rule files, by their stem.")
    scrape_jobs: Words = Field(default=(), description="Scrape jobs, by name.")
    services: Words = Field(default=(), description="Services that would run otherwise.")


class Gates(_Section):
    """Which of our own house rules are errors for rules and dashboards of a site."""

    site: Literal["warning", "error"] = "warning"


class Cardinality(_Section):
    """How many series a target and the whole environment may bring."""

    sample_limit: int = Field(
        default=10_000,
        ge=1,
        description="Series of one target; of one that brings more nothing is kept, and it counts as down.",
    )
    label_limit: int = Field(
        default=40, ge=1, description="Labels of one series, those of its target with it."
    )
    jobs: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default={}, description="Another sample_limit for a scrape job, by its name."
    )
    budget: int = Field(
        default=500_000, ge=1, description="Series of the whole environment; a forecast above it is told."
    )
    assumed: int = Field(
        default=1_000, ge=1, description="For the forecast: series of a target that nobody has declared."
    )


class _Declared(_Section):
    """A thing outside the stack whose state the resource exporter watches."""

    name: Name
    metrics: str = Field(default="", description="Its own metrics page, to be scraped by discovery.")
    interval: Duration = "15s"
    timeout: Duration = "5s"


class HttpResource(_Declared):
    """Up when a GET answers with the expected status."""

    kind: Literal["http"]
    url: str = Field(pattern=r"^https?://")
    status: tuple[int, ...] = Field(default=(200,), strict=False)


class TcpResource(_Declared):
    """Up when a connection is accepted."""

    kind: Literal["tcp"]
    address: str = Field(pattern=r"^.+:\d+$")


class ProcessResource(_Declared):
    """Up when a process of this name runs."""

    kind: Literal["process"]
    process: str = Field(min_length=1)


Resource = Annotated[HttpResource | TcpResource | ProcessResource, Field(discriminator="kind")]


class Slo(_Section):
    """A service level objective, and how to count what it is about; its name is its key."""

    objective: float = Field(gt=0, lt=100, description="Percent of good ones over 30 days.")
    errors: Counted = Field(description="PromQL: how many were bad within `$window`.")
    total: Counted = Field(description="PromQL: how many there were within `$window`.")


class Environment(_Section):
    """All that differs between one environment and another; every value of it is data."""

    name: Annotated[Name, AfterValidator(_environment_name)]
    runtime: Literal["native"] = "native"
    notifications: Literal["sink", "real"] = Field(
        default="sink",
        description="`sink`: every receiver keeps its name and route but speaks to our own sink.",
    )
    ports: dict[str, Port] = Field(
        default={}, description="A service's port, or that of a door of it, where it is not its usual one."
    )
    versions: dict[str, str] = Field(default={}, description="A program's version, where it is not the pin.")
    services: dict[str, bool] = Field(default={}, description="Services to switch on or off.")
    flags: dict[str, Words] = Field(
        default={}, description="More command-line flags for a service's program."
    )
    binaries: BinarySettings = BinarySettings()
    exact_versions: bool = Field(
        default=True,
        description="Refuse a program whose version is not the wanted one; else say so and go on.",
    )
    require_all: bool = Field(
        default=True, description="Refuse to deploy where a service's program is nowhere to be had."
    )
    retention: Duration = "15d"
    retention_size: str = Field(default="", pattern=r"^(\d+(B|KB|MB|GB|TB|PB|EB))?$")
    scrape_interval: Duration = "15s"
    scrape_timeout: Duration = "10s"
    evaluation_interval: Duration = "15s"
    external_labels: dict[str, str] = {}
    cardinality: Cardinality = Cardinality()
    targets: dict[str, Words] = Field(
        default={}, description="Further targets of a service's scrape job, host:port each."
    )
    resources: tuple[Resource, ...] = Field(default=(), strict=False)
    disable: Disabled = Disabled()
    secrets: dict[Name, SecretReference] = Field(
        default={}, description="Where each secret comes from; its value is never written here."
    )
    values: dict[str, Any] = Field(
        default={}, description="Thresholds and the like, for rules: ${{ env.values.cpu_percent }}"
    )
    slos: dict[Name, Slo | None] = Field(
        default={}, description="Service level objectives, by name; `null` takes one of a parent away."
    )
    smoke_deadline: Duration = Field(
        default="60s", description="How long the probes are asked before giving up."
    )
    prometheus: dict[str, Any] = Field(default={}, description="Prometheus' own configuration, merged in.")
    alertmanager: dict[str, Any] = Field(
        default={}, description="Alertmanager's own configuration, merged in."
    )
    gates: Gates = Gates()
