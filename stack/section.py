"""What the parts of an environment are made of: sections that know their keys, and values with a form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from stack.duration import seconds

if TYPE_CHECKING:
    from pydantic.config import JsonDict

__all__ = ["Address", "Digest", "Duration", "Name", "Port", "Registry", "Section", "Words"]

ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s/:\[\]@?#]+):\d{1,5}")
# An engine takes a first word without a dot or a port for a name on Docker Hub.
_HOST = r"([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?|[A-Za-z0-9-]+:\d{1,5}|localhost)"
REGISTRY = re.compile(rf"{_HOST}(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
DIGEST = r"^sha256:[0-9a-f]{64}$"


def _duration(text: str) -> str:
    if not seconds(text):
        message = "must be longer than nothing"
        raise ValueError(message)
    return text


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        message = f"'{text}' is no host:port"
        raise ValueError(message)
    return text


def _registry(text: str) -> str:
    if not REGISTRY.fullmatch(text):
        message = f"'{text}' is no registry: write host, host:port or either with a /folder, and no https://"
        raise ValueError(message)
    return text


# Editors get these patterns by the JSON Schema; the validators behind them have the better messages.
_DURATION: JsonDict = {"pattern": r"^([0-9]+(ms|[smhdwy]))+$"}

Duration = Annotated[
    str,
    AfterValidator(_duration),
    Field(description="A Prometheus duration: 5s, 1m, 15d.", json_schema_extra=_DURATION),
]
Port = Annotated[int, Field(ge=1, le=65535)]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,39}$")]
Address = Annotated[
    str, AfterValidator(_address), Field(json_schema_extra={"pattern": f"^{ADDRESS.pattern}$"})
]
Registry = Annotated[
    str, AfterValidator(_registry), Field(json_schema_extra={"pattern": f"^({REGISTRY.pattern})$"})
]
Digest = Annotated[str, Field(pattern=DIGEST)]
# YAML and JSON have lists only, and a strict tuple takes none.
Words = Annotated[tuple[str, ...], Field(strict=False)]


class Section(BaseModel):
    """A part of an environment: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
