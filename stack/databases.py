"""How an environment names what one exporter asks for many: databases, Redis servers, pages to probe."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from pydantic import Field

from stack.section import Address, Section

__all__ = ["Databases", "Page", "Postgres", "Redis"]


class Postgres(Section):
    """One PostgreSQL database; its password stands in the secret `postgres_passwords`."""

    address: Address
    database: str = Field(default="postgres", pattern=r"^[^\s/?#]+$")
    user: str = Field(default="monitoring", min_length=1)
    sslmode: Literal["disable", "require", "verify-ca", "verify-full"] = "verify-full"

    @property
    def url(self) -> str:
        """How the exporter is asked for it; a user is no secret: the metrics count the sessions of each."""
        return (
            f"postgresql://{quote(self.user, safe='')}@{self.address}/{self.database}?sslmode={self.sslmode}"
        )


class Redis(Section):
    """One Redis server; its password stands in the secret `redis_passwords`."""

    address: Address
    tls: bool = False

    @property
    def url(self) -> str:
        """How the exporter, and its file of passwords, names it."""
        return f"{'rediss' if self.tls else 'redis'}://{self.address}"


class Databases(Section):
    """The databases that are watched by one exporter of each kind."""

    postgres: tuple[Postgres, ...] = Field(default=(), strict=False)
    redis: tuple[Redis, ...] = Field(default=(), strict=False)


class Page(Section):
    """Something that the blackbox exporter probes."""

    target: str = Field(min_length=1, description="An address as the module takes it.")
    module: Literal["http_2xx", "tcp_connect"] = "http_2xx"
