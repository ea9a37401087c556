"""Finds rule files, `rules/<subject>.yml`, their tests, `rules/tests/<subject>_test.yml`, and routing's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.errors import DefinitionInvalid
from stack.places import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["routing_tests", "rule_files", "rule_stems", "rule_tests", "rules_left_out"]


def rule_stems(folders: Sequence[Path]) -> frozenset[str]:
    """Name every rule file of the repository and its sites."""
    return frozenset(path.stem for path in _files(folders, "rules"))


def rule_files(folders: Sequence[Path], *, left_out: Collection[str] = ()) -> dict[str, Path]:
    """Give the rule files in use, by stem.

    Args:
        folders: the repository, then the sites.
        left_out: stems whose first file is not used; that of a later folder then takes its place.

    Raises:
        DefinitionInvalid: two files in use have one stem, or a file does not end in `.yml`.
    """
    found: dict[str, Path] = {}
    pending = set(left_out)
    for path in _files(folders, "rules"):
        if path.stem in pending:
            pending.remove(path.stem)
        else:
            _add(found, path, f"give it another name, or leave that one out: disable.rules: [{path.stem}]")
    return found


def rules_left_out(folders: Sequence[Path], stems: Collection[str]) -> dict[str, Path]:
    """Give the files that these stems leave out, by stem: the first of each."""
    found: dict[str, Path] = {}
    for path in _files(folders, "rules"):
        if path.stem in stems:
            found.setdefault(path.stem, path)
    return found


def rule_tests(folders: Sequence[Path], rules: Mapping[str, Path]) -> dict[str, Path]:
    """Give the test files of the rule files in use, by stem; those of rules left out are left out.

    Raises:
        DefinitionInvalid: two files have one stem, or a file does not end in `.yml`.
    """
    found: dict[str, Path] = {}
    for path in _files(folders, "rules/tests"):
        subject = path.parents[1] / f"{path.stem.removesuffix('_test')}.yml"
        if path.stem.endswith("_test") and (subject in rules.values() or not subject.exists()):
            _add(found, path, "give it another name")
    return found


def routing_tests(folders: Sequence[Path], environment: str) -> Path | None:
    """Give the routing tests of an environment; a later folder's come in place of an earlier one's.

    Raises:
        DefinitionInvalid: a file does not end in `.yml`.
    """
    found = [path for path in _files(folders, "rules/tests/routing") if path.stem == environment]
    return found[-1] if found else None


def _files(folders: Sequence[Path], below: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((folder / below).glob("*.y*ml")):
            if path.suffix != ".yml":
                raise DefinitionInvalid(file=shown(path), message="rule files end in .yml; rename it")
            yield path


def _add(found: dict[str, Path], path: Path, advice: str) -> None:
    other = found.setdefault(path.stem, path)
    if other != path:
        raise DefinitionInvalid(file=shown(path), message=f"{shown(other)} has that name; {advice}")
