"""What an environment declares outside the stack: resources whose state the resource exporter watches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from stack.section import Duration, Name
from stack.section import Section as _Section

__all__ = ["DockerResource", "HttpResource", "ProcessResource", "Resource", "TcpResource"]


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


class DockerResource(_Declared):
    """Up while its containers run or have ended well: one by its name, all of a project or with a label."""

    kind: Literal["docker"]
    container: str = ""
    project: str = Field(default="", description="All containers of a Compose project.")
    label: str = Field(default="", description="All containers with a label: `tier=web`, or just `tier`.")

    @model_validator(mode="after")
    def _says_which(self) -> DockerResource:
        if sum(map(bool, (self.container, self.project, self.label))) != 1:
            message = "must have just one of `container`, `project` and `label`"
            raise ValueError(message)
        return self


Resource = Annotated[
    HttpResource | TcpResource | ProcessResource | DockerResource, Field(discriminator="kind")
]
