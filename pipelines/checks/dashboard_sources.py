"""Every query of a dashboard goes to a data source that exists, and that is named for good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pipelines.checks._equal import and_more
from pipelines.checks._provisioned import known_sources
from pipelines.checks._seen import Seen, house_rule
from pipelines.core.check import Check
from stack.dashboards.sources import Naming, choices, inputs, references
from stack.dashboards.templating import by_name
from stack.report import Problem
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.checks._provisioned import Known
    from pipelines.core.check import Inspection
    from stack.dashboards.sources import Reference

__all__ = ["CHECK"]

NAME = "dashboard_sources"
SHARED = "an export for sharing: only the import dialog fills that in; export it without that switch"


def _run(inspection: Inspection) -> Iterator[Problem]:
    known = known_sources(inspection)
    for name, model in inspection.dashboards.items():
        yield from _unknown(name, model, known)
        yield from _untyped(name, model, known)
    yield from house_rule(NAME, inspection, lambda _, model: _loosely(model, known))


def _unknown(name: str, model: Mapping[str, Any], known: tuple[Known, ...]) -> Iterator[Problem]:
    """Yield each data source that does not exist, once, with the number of its places."""
    variables = by_name(model)
    there = {text for one in known for text in (one.uid, one.name)}
    places = defaultdict(list)
    for reference in references(model):
        if reference.naming is Naming.FIXED and reference.name not in there:
            places[reference.name, suggestion(reference.name, [one.uid for one in known])].append(reference)
        elif reference.naming is Naming.VARIABLE and reference.name not in variables:
            hint = SHARED if reference.name in inputs(model) else "no variable has that name"
            places[f"${{{reference.name}}}", hint].append(reference)
    for (source, hint), found in places.items():
        yield _problem(name, source, hint, found)


def _problem(name: str, source: str, hint: str, found: list[Reference]) -> Problem:
    summary = f"unknown data source '{source}'{and_more(found)}"
    return Problem(NAME, f"{name}: {found[0].place}", summary, hint=hint)


def _untyped(name: str, model: Mapping[str, Any], known: tuple[Known, ...]) -> Iterator[Problem]:
    """Yield the variables that offer data sources of a type that there are none of."""
    types = {one.type for one in known}
    for variable, kind in choices(model).items():
        if kind not in types and "$" not in kind:
            where = f'{name}: variable "{variable}"'
            yield Problem(
                NAME, where, f"unknown data source: none is of type '{kind}'", hint=suggestion(kind, types)
            )


def _loosely(model: Mapping[str, Any], known: tuple[Known, ...]) -> Iterator[Seen]:
    """Yield what is named in a way that another data source may answer to."""
    uids = {one.uid for one in known}
    names = {one.name: one.uid for one in known}
    for reference in references(model):
        if reference.naming is Naming.NOT:
            yield Seen(reference.place, "names no data source", "the default one may be another tomorrow")
        elif reference.naming is Naming.FIXED and reference.name in names.keys() - uids:
            hint = f"its uid is '{names[reference.name]}'"
            yield Seen(reference.place, f"names the data source '{reference.name}' by its name", hint)


CHECK = Check(
    proves="every query goes to a data source that exists, by variable or uid", run=_run, lasting=True
)
