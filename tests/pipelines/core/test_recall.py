"""A kept release becomes a value again, by what it was made from and not by what would be made today."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipelines.core.recall import last_proved, recall, recall_live
from stack.emit import to_json
from stack.errors import NothingKept
from stack.runtimes.process_table import PATH
from stack.runtimes.protocol import Release
from stack.tree import Tree
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path


def test_a_kept_release_has_its_own_environment_and_files(tmp_path: Path) -> None:
    made = release(ports={"prometheus": 19090}, services={"grafana": False}, resources=[])
    found = recall(made.id, effects(tmp_path, Noting(tmp_path).deployed(made)))

    assert (found.id, found.tree) == (made.id, made.tree)
    assert found.stack.environment == made.stack.environment
    assert found.stack.address("prometheus") == "127.0.0.1:19090"
    assert found.stack.services.keys() == made.stack.services.keys()


def test_the_live_release_is_the_one_behind_the_link(tmp_path: Path) -> None:
    old, new = release(), release(retention="3d")
    found = recall_live(effects(tmp_path, Noting(tmp_path).deployed(old).deployed(new, proved=False)))

    assert (found.id, found.stack.environment.retention) == (new.id, "3d")


def test_where_nothing_is_deployed_one_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match="nothing is deployed in environment local") as caught:
        recall_live(effects(tmp_path))

    assert (caught.value.exit_code, caught.value.advice) == (10, "run `invoke deploy`")


def test_a_service_that_is_newer_than_a_release_is_no_part_of_it(tmp_path: Path) -> None:
    made = release()
    table = json.loads(made.tree.files[PATH])
    del table["pushgateway"]
    runtime = Noting(tmp_path)
    runtime.activate(replace(made, id="old", tree=Tree({**made.tree.files, PATH: to_json(table)})), ())
    found = recall_live(effects(tmp_path, runtime))

    assert found.stack.services.keys() == table.keys()
    assert runtime.fingerprints(found.stack, found.tree).keys() == table.keys()


@pytest.mark.parametrize("text", [b'{"name": "local", "colour": "red"}', b"{", b"[]", None])
def test_a_release_that_this_version_cannot_read_is_one_line(text: bytes | None, tmp_path: Path) -> None:
    tree = Tree({"environment.json": text} if text is not None else {})
    runtime = Noting(tmp_path)
    runtime.activate(Release("old", release().stack, tree), ())

    with pytest.raises(NothingKept, match="release old was made by another version") as caught:
        recall_live(effects(tmp_path, runtime))
    assert caught.value.advice == "make a new one: `invoke deploy`"


def test_the_last_proved_release_is_another_one_and_was_proved(tmp_path: Path) -> None:
    old, middle, new = release(), release(retention="3d"), release(retention="4d")
    runtime = Noting(tmp_path).deployed(old).deployed(middle, proved=False).deployed(new)
    doors = effects(tmp_path, runtime)

    assert last_proved(doors, before=new.id) == old.id
    assert last_proved(doors, before=None) == new.id
    assert last_proved(effects(tmp_path), before=None) is None
