"""What each shipped environment renders is what was last read and approved, to the byte."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from stack.clients.command import run
from tests import golden_write
from tests.golden_write import ENVIRONMENTS, GOLDEN, ROOT, golden, rendered

AGAIN = "if this is what you want: nox -s golden, and read the difference in the commit"
DIGESTS = "from tests.golden_write import *\nprint(*(rendered(name)[0] for name in ENVIRONMENTS))"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_renders_its_golden_tree(name: str) -> None:
    difference = "\n".join(rendered(name)[1].diff(golden(name)))

    assert not difference, f"{difference}\n\n{AGAIN}"
    assert rendered(name)[1] == golden(name), AGAIN


def test_no_golden_tree_is_left_of_an_environment_that_is_gone() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == ENVIRONMENTS


def test_a_release_has_the_same_name_on_every_machine_and_in_every_process(tmp_path: Path) -> None:
    here = " ".join(rendered(name)[0] for name in ENVIRONMENTS)
    for seed, zone, language in (("1", "Pacific/Auckland", "C"), ("2", "America/Lima", "C.UTF-8")):
        variables = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "HOME": str(tmp_path)}
        said = run(
            [sys.executable, "-c", DIGESTS],
            env={**os.environ, **variables, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        assert said.checked().stdout.split() == here.split()


def test_nothing_of_a_machine_is_in_a_release() -> None:
    for name in ENVIRONMENTS:
        for path, data in golden(name).files.items():
            assert str(ROOT).encode() not in data, path
            assert str(Path.home()).encode() + b"/" not in data, path


def test_writing_again_gives_what_is_read_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "golden" / "gone").mkdir(parents=True)
    monkeypatch.setattr(golden_write, "GOLDEN", tmp_path / "golden")
    golden_write.write()

    assert sorted(path.name for path in (tmp_path / "golden").iterdir()) == ENVIRONMENTS
    assert all(golden(name) == rendered(name)[1] for name in ENVIRONMENTS)
