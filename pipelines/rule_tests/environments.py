"""The rules of any environment, as far as their tests need them: without what else a release holds."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.core.check import Inspection
from pipelines.core.memory import Memory
from pipelines.rule_tests.judge import Judge
from stack.errors import Refused
from stack.references import render_rules
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipelines.core.effects import Effects
    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["every_environment", "files_of", "inspected", "judge_of"]


def every_environment(effects: Effects) -> tuple[str, ...]:
    """Name the environments there are, shipped or a site's own."""
    from stack.layers import environments  # brings YAML along

    return environments(effects.options.sites)


def inspected(name: str, effects: Effects) -> Inspection:
    """Load an environment and give its rules for inspection.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
        DefinitionInvalid: a rule file asks for a value that the environment does not have.
        BinaryMissing: no source has promtool.
    """
    from stack.assemble import assemble  # brings pydantic along, which `--list` must not wait for
    from stack.load import load

    options = effects.options
    environment = load(name, sites=options.sites, overrides=options.overrides).environment
    stack = assemble(environment, root=effects.root, sites=options.sites)
    return Inspection(
        stack=stack,
        tree=Tree(_rules(stack, environment)),
        folder=effects.folder,
        tools=effects.toolbox.tools(stack),
        root=effects.root,
        memory=Memory(effects.var / "cache" / "passed"),
    )


def _rules(stack: Stack, environment: Environment) -> dict[str, bytes]:
    return {
        f"prometheus/rules/{stem}.yml": render_rules(path, environment) for stem, path in stack.rules.items()
    }


def files_of(subject: str, files: Collection[str]) -> tuple[str, ...]:
    """Give the rule files that a subject names: all for an empty one, `rules/node.yml` for `node`.

    Raises:
        Refused: there is no such subject, or no rule file at all.
    """
    from stack.suggestion import suggestion  # here alone

    stems = {PurePosixPath(file).stem: file for file in files}
    if not stems:
        raise Refused(message="nothing was tested: there is no rule file")
    if subject and subject not in stems:
        message = f"there is no rule file '{subject}'"
        raise Refused(message=message, hint=suggestion(subject, stems))
    return (stems[subject],) if subject else tuple(files)


def judge_of(inspection: Inspection, effects: Effects, what: str) -> Judge:
    """Give the judge of an environment's rules, its progress shown as so many of these."""

    def doing(done: int, total: int) -> None:
        effects.console.doing(f"{done} of {total} {what}")

    return Judge(inspection.tools["promtool"], inspection.memory, doing)
