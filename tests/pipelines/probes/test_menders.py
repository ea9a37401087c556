"""Whoever starts what is killed is missed where it does not run."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from pipelines.probes.menders import PROBE
from stack.emit import to_yaml
from stack.runtimes.compose_file import MENDERS, PATH, SERVICE
from stack.tree import Tree


def test_each_mender_of_the_release_runs_or_is_named(scene: Any, waits: Any) -> None:
    states = dict.fromkeys(MENDERS, "running")

    def inspected() -> list[dict[str, Any]]:
        named = {"sink": "exited", **states}
        return [
            {"Config": {"Labels": {SERVICE: name}}, "State": {"Status": state}}
            for name, state in named.items()
        ]

    made = scene()
    file = to_yaml({"services": {name: {} for name in (*MENDERS, "sink")}})
    tree = Tree({**made.sight.release.tree.files, PATH: file})
    release, runtime = replace(made.sight.release, tree=tree), SimpleNamespace(inspected=inspected)
    made = replace(made, sight=replace(made.sight, release=release, runtime=runtime))

    assert PROBE.run(made.sight) == "2 menders run"
    states["mender_b"] = "restarting"
    assert waits(PROBE, made) == "mender_b is restarting; see `invoke logs mender_b`"
    del states["mender_a"]
    assert "mender_a is gone" in waits(PROBE, made)
