"""The checklist of a stack that runs: what was proved is green, what nobody has done yet holds it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.journal import Journal

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration


def test_what_a_deploy_proved_is_green_and_what_was_never_done_holds_back(deployed: Lab) -> None:
    first = deployed.invoke("checklist")
    assert (first.code, len(list((deployed.var / "checklists").iterdir()))) == (17, 2)
    assert "environment local is not ready: backup, drill; written to " in first.last, first.out

    for task in ("backup", "restore.drill"):
        Journal(deployed.var / "runs", task, "local").close(0)
    states = asked(deployed, 0)
    assert states.pop("rollback") == "red", "this is the first release, and nobody must have a second one"
    assert set(states.values()) == {"green"}

    deployed.environment(external_labels={"region": "eu"})
    assert asked(deployed, 17)["plan"] == "red"


def asked(lab: Lab, code: int) -> dict[str, Any]:
    """Ask for the checklist, and give the state of each line."""
    said = lab.invoke("checklist", "--json")
    document = json.loads(said.out)
    assert (said.code, document["ready"]) == (code, not code), said.out
    return {line["line"]: line["state"] for line in document["lines"]}
