"""Capture anew what each running service exposes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option
from pipelines.core.recall import recall_live
from stack.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.effects import Effects
    from stack.contract.family import Contract
    from stack.contract.refresh import Difference

__all__ = ["OPTIONS", "run"]

KEPT = Path("stack") / "metrics"

OPTIONS = (
    Option("job", "only this scrape job, from what the live Prometheus has scraped of it"),
    Option("out", "a folder to write them to, in place of stack/metrics"),
)


def run(effects: Effects) -> int:
    """Write each contract as the live pages are, and say what is new, gone and another."""
    folder = _folder(effects)
    made = list(_refreshed(folder, effects))  # all of them before the first is written
    for new, _ in made:
        _write(folder / f"{new.name}.yaml", new)
    _tell([found for _, found in made], folder, effects)
    return 0


def _folder(effects: Effects) -> Path:
    """Give the folder to write to: a job that only a site has is for the site to declare."""
    if effects.options.text("out"):
        return Path(effects.options.text("out"))
    sites = effects.options.sites if effects.options.text("job") else ()
    return (sites[-1] if sites else effects.root) / KEPT


def _refreshed(folder: Path, effects: Effects) -> Iterator[tuple[Contract, Difference]]:
    """Yield each contract as it is now, and how it differs from what it was."""
    from pipelines.commands.rules._pages import own_pages, page_of_job  # brings YAML along
    from stack.contract.refresh import difference, refreshed

    stack, job = recall_live(effects).stack, effects.options.text("job")
    for name, program, page in [page_of_job(job, stack, effects)] if job else own_pages(stack, effects):
        path = folder / f"{name}.yaml"
        elsewhere = effects.options.text("out") and not path.exists()
        old = _kept(effects.root / KEPT / path.name if elsewhere else path)
        new = refreshed(old, program or old.program or f"job {job}", page)
        yield new, difference(old, new, page)


def _kept(path: Path) -> Contract:
    """Read what is kept by hand; a file with mistakes is not written over.

    Raises:
        DefinitionInvalid: with its first mistake.
    """
    from stack.contract.family import Contract
    from stack.contract.reading import read_contract

    if not path.exists():
        return Contract(path.stem)
    contract, problems = read_contract(path)
    if problems:
        first, *others = problems
        more = f" (and {len(others)} more)" if others else ""
        raise DefinitionInvalid(file=first.where, message=f"{first.summary}{more}", hint=first.hint)
    return contract


def _write(path: Path, contract: Contract) -> None:
    from stack.contract.writing import head_of, to_text
    from stack.tree import write_atomically

    text = path.read_text() if path.exists() else ""
    write_atomically(path, to_text(contract, head=head_of(text)).encode())


def _tell(found: list[Difference], folder: Path, effects: Effects) -> None:
    changed = [one for one in found if one]
    effects.console.result({one.name: _document(one) for one in found})
    for one in changed:
        effects.console.say(one.name)
        for mark, line in _lines(one):
            effects.console.item(mark, line)
    gone = sum(len(one.gone) for one in found)
    told = f"; {gone} famil{'y is' if gone == 1 else 'ies are'} gone: see docs/metrics.md" if gone else ""
    effects.console.end(f"{len(changed)} of {len(found)} contracts changed in {folder}{told}", good=not gone)


def _lines(one: Difference) -> Iterator[tuple[str, str]]:
    yield from (("·", fact) for fact in one.facts)
    yield from (("✓", f"new      {name}") for name in one.new)
    yield from (("!", f"gone     {name}") for name in one.gone)
    yield from (("·", f"changed  {name}: {what}") for name, what in one.changed)
    yield from (("!", f"by hand  {name}: {what} on the page") for name, what in one.stale)


def _document(one: Difference) -> Mapping[str, Any]:
    return {
        "facts": list(one.facts),
        "new": list(one.new),
        "gone": list(one.gone),
        "changed": dict(one.changed),
        "stale": dict(one.stale),
    }
