"""A rollback goes to the release that was named, or to the last proved one before what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipelines.stages.choose import choose
from stack.errors import NothingKept
from stack.load import Loaded
from stack.places import Marked
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.core.values import RenderedTree

FIRST, SECOND, THIRD = release(), release(retention="16d"), release(retention="17d")


def chosen(runtime: Noting, folder: Path, **options: Any) -> RenderedTree:
    return choose.run(Loaded(FIRST.stack.environment, Marked({})), effects(folder, runtime, **options))


@pytest.fixture
def runtime(tmp_path: Path) -> Noting:
    return Noting(tmp_path / "local").deployed(FIRST).deployed(SECOND, proved=False).deployed(THIRD)


def test_the_last_proved_release_before_the_live_one_is_taken(runtime: Noting, tmp_path: Path) -> None:
    made = chosen(runtime, tmp_path)

    assert (made.id, made.tree) == (FIRST.id, FIRST.tree)
    assert made.stack.environment == FIRST.stack.environment


def test_a_named_release_is_taken_proved_or_not(
    runtime: Noting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doors = effects(tmp_path, runtime, release=SECOND.id)
    made = choose.run(Loaded(FIRST.stack.environment, Marked({})), doors)

    assert made.stack.environment.retention == "16d"
    assert capsys.readouterr().out.strip() == f"· going back to release {SECOND.id}"
    assert doors.journal.facts == {"release": SECOND.id}


def test_where_there_is_none_to_go_back_to_it_is_told(tmp_path: Path) -> None:
    alone = Noting(tmp_path / "local").deployed(FIRST)

    with pytest.raises(NothingKept, match="there is no earlier proved release of local") as caught:
        chosen(alone, tmp_path)
    assert caught.value.advice == "`invoke releases` lists what is kept"


def test_a_release_that_is_not_kept_is_told(runtime: Noting, tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match="release 'nope' is not kept"):
        chosen(runtime, tmp_path, release="nope")
