"""`${{ … }}` in environment and rule files: environment values as text, a secret as its file's path."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stack.errors import DefinitionInvalid
from stack.secrets.kind import made_from
from stack.secrets.kinds.age import placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import jinja2

    from stack.environment import Environment
    from stack.service import Stack
    from stack.tree import Tree

__all__ = [
    "RELEASE",
    "SECRETS",
    "fill",
    "fill_all",
    "needed_secrets",
    "readers",
    "render_rules",
    "secrets_in",
]

RELEASE = "@release@"
"""Stands for the release's name until the tree is complete, since the name is a digest of the tree."""

SECRETS = "../../secrets"
"""Where secrets lie, seen from a service's configuration (`current/<service>/`) and its working folder."""

_SECRET = re.compile(re.escape(f"{SECRETS}/") + r"([A-Za-z][\w-]*)")


class _Secrets:
    """Gives the path of any secret that the environment names."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def __getattr__(self, name: str) -> str:
        if name not in self._known:
            import jinja2

            message = f"the environment has no secret '{name}'; add it under `secrets`"
            raise jinja2.UndefinedError(message)
        return f"{SECRETS}/{name}"


@lru_cache(maxsize=1)
def _engine() -> jinja2.Environment:
    import jinja2  # slow to import, and `--list` comes by here

    # Prometheus' own {{ $labels.x }} and {% … %} must pass untouched: only ${{ … }} is ours.
    return jinja2.Environment(
        variable_start_string="${{",
        variable_end_string="}}",
        block_start_string="${%",
        block_end_string="%}",
        comment_start_string="${#",
        comment_end_string="#}",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 # the output is YAML, never HTML
    )


def fill(text: str, environment: Environment) -> str:
    """Replace every `${{ … }}` of a text.

    Raises:
        jinja2.TemplateError: a name is unknown, or the expression is none.
    """
    if "${{" not in text:
        return text
    secrets = _Secrets(environment.secrets)
    return _engine().from_string(text).render(env=environment, secrets=secrets, release=RELEASE)


def fill_all(document: Any, environment: Environment) -> Any:  # any part of a document
    """Replace every `${{ … }}` in the strings of a document."""
    if isinstance(document, str):
        return fill(document, environment)
    if isinstance(document, dict):
        return {key: fill_all(value, environment) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [fill_all(value, environment) for value in document]
    return document


def render_rules(path: Path, environment: Environment) -> bytes:
    """Render one rule file, or template file.

    Raises:
        DefinitionInvalid: with the line of the expression that has no value.
    """
    data = path.read_bytes()
    if b"${" not in data:
        return data
    import jinja2

    text = data.decode()
    try:
        return fill(text, environment).encode()
    except jinja2.TemplateError as error:
        line = _line_of(error, text, environment)
        raise DefinitionInvalid(file=f"{path.parent.name}/{path.name}:{line}", message=error) from error


def _line_of(error: jinja2.TemplateError, text: str, environment: Environment) -> int:
    import jinja2

    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.lineno
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            fill(line, environment)
        except jinja2.TemplateError:
            return number
    return 1


def secrets_in(texts: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the name of each secret that rendered files refer to, once and sorted."""
    yield from sorted(
        {name for data in texts.values() for name in _SECRET.findall(data.decode(errors="ignore"))}
    )


def readers(name: str, stack: Stack, tree: Tree) -> tuple[str, ...]:
    """Name the services that read a secret: their definition says so, or a rendered file of theirs."""
    return tuple(
        service.name
        for service in stack.services.values()
        if name in stack.secrets_of(service) or name in secrets_in(tree.below(service.name).files)
    )


def needed_secrets(stack: Stack, tree: Tree) -> dict[str, str]:
    """Give the reference of each secret that a tree's files or its services read.

    With it comes that of the secret from which another one is made.
    """
    known: dict[str, str] = {}
    for service in stack.services.values():
        known |= stack.secrets_of(service)
    read = {*secrets_in(tree.files), *known}
    known |= stack.environment.secrets
    sources = {source for name in read if (source := made_from(known[name]))}
    return {name: placed(known[name], stack.vault) for name in sorted(read | sources)}
