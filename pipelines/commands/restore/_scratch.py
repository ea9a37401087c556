"""What a drill restores into: the servers whose state is kept, on free ports, with nobody to tell."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.alerting.sandbox import isolated
from stack.errors import Refused
from stack.rendering import ENVIRONMENT, render_tree
from stack.runtimes.process_table import process_table
from stack.runtimes.protocol import Release
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.core.effects import Effects
    from stack.environment import Environment

__all__ = ["scratch_release"]

ALWAYS = frozenset({"alertmanager", "prometheus", "sink"})
KEPT = ("prometheus/rules", "grafana/dashboards")
"""What the servers get from the snapshot itself, by its folder."""

FOREVER = "100y"
"""What was kept once may be older by now than the environment keeps."""


def scratch_release(config: Path, wanted: Iterable[str], effects: Effects) -> Release:
    """Give a release with the environment and the rules of a snapshot, of which nothing leads outside.

    Args:
        config: the snapshot's own release.
        wanted: the services that its other parts need.
        effects: those of the run.

    Raises:
        Refused: another version of this repository has made it, and this one cannot read it.
        BinaryMissing: this machine cannot have one of the programs.
    """
    from stack.assemble import assemble  # brings pydantic along

    kept = Tree.read(config)
    environment = _environment(kept, frozenset(wanted) | ALWAYS)
    stack = assemble(environment, root=effects.root, sites=effects.options.sites)
    stack = replace(stack, idle_rules={})
    _, tree = render_tree(stack, process_table(stack))
    theirs = {path: data for folder in KEPT for path, data in kept.below(folder).files.items()}
    own = {path: data for path, data in tree.files.items() if not path.startswith(KEPT)}
    whole = Tree({**own, **theirs})
    return Release(whole.digest, stack, whole)


def _environment(kept: Tree, services: frozenset[str]) -> Environment:
    from stack.assemble import services as defined
    from stack.discovery import Discovery
    from stack.entry import Web
    from stack.environment import Environment

    try:
        found = Environment.model_validate(json.loads(kept.files[ENVIRONMENT]))
    except (KeyError, ValueError) as error:
        message = "the release of the snapshot was made by another version of this repository"
        raise Refused(message=message, hint="drill it with that version") from error
    return isolated(found, 1.0).model_copy(
        update={
            "services": {name: name in services for name in defined()},
            "flags": {},
            "retention": FOREVER,
            "retention_size": "",
            "web": Web(),
            "discovery": Discovery(),
            "probes": (),
        }
    )
