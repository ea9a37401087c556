"""How an environment says where targets are found: by containers, by files, by DNS, or one by one."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from stack.section import Address, Name, Port, Section, Words

__all__ = ["DOCKER_FILE", "ENGINE", "Discovery", "DnsTargets", "StaticTargets"]

ENGINE = "unix:///var/run/docker.sock"
ENGINES = re.compile(r"unix:///\S+|tcp://[^/\s]+:\d{1,5}")
FOLDERS = re.compile(r"(/[\w.-]*\w[\w.-]*)+")
DOCKER_FILE = "docker.json"
"""The file of targets that is the discoverer's own."""


def _not_the_discoverers(pattern: str) -> None:
    if fnmatch(DOCKER_FILE, pattern):
        message = f"would take in {DOCKER_FILE}, which is the discoverer's own; name yours `shop-*.json`"
        raise ValueError(message)


def _folder(text: str) -> str:
    if not FOLDERS.fullmatch(text):
        message = f"'{text}' is no folder; write it like /etc/monitoring/targets"
        raise ValueError(message)
    return text


def _engine(text: str) -> str:
    if not ENGINES.fullmatch(text):
        message = f"'{text}' is no engine; write it like {ENGINE} or tcp://docker.example.com:2375"
        raise ValueError(message)
    return text


Engine = Annotated[
    str, AfterValidator(_engine), Field(json_schema_extra={"pattern": f"^({ENGINES.pattern})$"})
]
Folder = Annotated[str, AfterValidator(_folder), Field(json_schema_extra={"pattern": f"^{FOLDERS.pattern}$"})]
Pattern = Annotated[str, Field(min_length=1)]


class _Scraped(Section):
    """How targets are scraped; all else about a job is for `prometheus.scrape_configs` to say."""

    job: Name
    path: str = Field(default="/metrics", pattern=r"^/\S*$")
    scheme: Literal["http", "https"] = "http"


class StaticTargets(_Scraped):
    """Targets with a job of their own, each host:port."""

    targets: tuple[Address, ...] = Field(strict=False)
    labels: dict[str, str] = Field(default={}, description="Further labels of all of them.")


class DnsTargets(_Scraped):
    """Targets that DNS names, asked every half minute."""

    names: Words = Field(min_length=1)
    type: Literal["A", "AAAA", "MX", "NS", "SRV"] = "SRV"
    port: Port | None = Field(default=None, description="Needed unless the records, SRV, name one.")

    @model_validator(mode="after")
    def _has_a_port(self) -> DnsTargets:
        if self.type != "SRV" and self.port is None:
            message = f"records of type {self.type} name no port: give one under `port`"
            raise ValueError(message)
        return self


class Discovery(Section):
    """Where targets are found beyond those of the services."""

    docker: bool = Field(
        default=False, description="Scrape the containers of an engine that are labelled to be scraped."
    )
    engine: Engine = Field(default=ENGINE, description="Where that engine answers.")
    networks: Words = Field(
        default=(), description="Its networks that Prometheus reaches, the preferred first; none: every one."
    )
    folder: Folder | None = Field(
        default=None,
        description="Where files of targets lie, on the machine that Prometheus runs on; "
        "natively, without it, in the environment's folder `discovered`.",
    )
    files: tuple[Pattern, ...] = Field(
        default=(), strict=False, description="Files of targets, below that folder."
    )
    dns: tuple[DnsTargets, ...] = Field(default=(), strict=False)
    static: tuple[StaticTargets, ...] = Field(default=(), strict=False)

    @field_validator("files")
    @classmethod
    def _are_not_the_discoverers(cls, files: tuple[str, ...], known: ValidationInfo) -> tuple[str, ...]:
        for pattern in files if known.data.get("folder", "") is None else ():
            _not_the_discoverers(pattern)
        return files
