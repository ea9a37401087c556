"""The typed model of an environment; `stack/load.py` reads it from YAML, with the place of every mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from stack.access import with_secrets
from stack.backup import Backup
from stack.databases import Databases, Page
from stack.discovery import Discovery
from stack.entry import Proxy, Web
from stack.secrets.kind import forms, pattern
from stack.section import Digest, Duration, Name, Port, Registry, Words
from stack.section import Section as _Section
from stack.watched import Resource  # noqa: TC001 # read when the model is made

if TYPE_CHECKING:
    from pydantic.config import JsonDict

__all__ = [
    "BinarySettings",
    "Cardinality",
    "Disabled",
    "Duration",
    "Environment",
    "Gates",
    "Port",
    "Slo",
]

RESERVED = frozenset({"backups", "base", "cache", "checklists", "runs"})
WINDOW = "$window"
SECRET_REFERENCE = re.compile(pattern())


def _environment_name(name: str) -> str:
    if name in RESERVED:
        message = f"'{name}' is the name of a folder of ours; give the environment another"
        raise ValueError(message)
    return name


def _secret_reference(text: str) -> str:
    if not SECRET_REFERENCE.fullmatch(text):
        message = f"must be {forms()}, never the value itself"
        raise ValueError(message)
    return text


def _over_a_window(expression: str) -> str:
    if WINDOW not in expression:
        message = (
            f"must look back over `{WINDOW}`, which stands for each window: `increase(x_total[{WINDOW}])`"
        )
        raise ValueError(message)
    return expression


# Editors get this pattern by the JSON Schema; the validator behind it has the better message.
_REFERENCE: JsonDict = {"pattern": rf"^({SECRET_REFERENCE.pattern})$"}

SecretReference = Annotated[str, AfterValidator(_secret_reference), Field(json_schema_extra=_REFERENCE)]
Counted = Annotated[str, AfterValidator(_over_a_window)]


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

    dashboards: Words = Field(default=(), description="Dashboards, by the stem of their file.")
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


class Slo(_Section):
    """A service level objective, and how to count what it is about; its name is its key."""

    objective: float = Field(gt=0, lt=100, description="Percent of good ones over 30 days.")
    errors: Counted = Field(description="PromQL: how many were bad within `$window`.")
    total: Counted = Field(description="PromQL: how many there were within `$window`.")


class Environment(_Section):
    """All that differs between one environment and another; every value of it is data."""

    name: Annotated[Name, AfterValidator(_environment_name)]
    runtime: Literal["native", "compose"] = Field(
        default="native",
        description="`native`: processes of this machine. `compose`: containers of an engine.",
    )
    images: Literal["official", "built"] = Field(
        default="official",
        description="Containers run the projects' own images, or those of `invoke images.build`.",
    )
    registries: dict[str, Registry] = Field(
        default={}, description="Where a registry's images are pulled from instead: quay.io: mirror:5000"
    )
    digests: dict[str, dict[str, Digest | None]] = Field(
        default={}, description="What a program's official image must be, by version; `null`: any."
    )
    doors: Literal["proxy", "loopback"] = Field(
        default="proxy",
        description="What a container engine publishes: the proxy alone, or every service on 127.0.0.1.",
    )
    proxy: Proxy = Proxy()
    web: Web = Web()
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
    external_labels: dict[str, str] = Field(default={})
    cardinality: Cardinality = Cardinality()
    targets: dict[str, Words] = Field(
        default={}, description="Further targets of a service's scrape job, host:port each."
    )
    resources: tuple[Resource, ...] = Field(default=(), strict=False)
    discovery: Discovery = Discovery()
    databases: Databases = Databases()
    probes: tuple[Page, ...] = Field(default=(), strict=False)
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
    audit: bool = Field(
        default=False, description="Look from outside, after each deploy, for what is open and should not be."
    )
    backup: Backup = Backup()
    prometheus: dict[str, Any] = Field(default={}, description="Prometheus' own configuration, merged in.")
    alertmanager: dict[str, Any] = Field(
        default={}, description="Alertmanager's own configuration, merged in."
    )
    gates: Gates = Gates()

    @model_validator(mode="before")
    @classmethod
    def _with_secrets(cls, document: Any) -> Any:  # not yet known to be an environment
        return with_secrets(document)
