"""What the checks on metrics ask of an inspection: its jobs, contracts and rules, surveyed once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.core.rules import RuleFile
from stack.contract.forecast import forecast
from stack.contract.scope import Recording
from stack.contract.survey import Survey
from stack.documents import mappings
from stack.environment import Slo
from stack.scrape import owners
from stack.slo import objectives, slo_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule
    from stack.contract.forecast import Forecast
    from stack.contract.scope import Scope

__all__ = ["anywhere", "forecast_of", "survey"]

OURS = "rules/*.yml"

ANY = Slo(objective=99, errors="count_over_time(up[$window])", total="count_over_time(up[$window])")


def survey(inspection: Inspection) -> Survey:
    """Survey what an environment scrapes, records and declares."""
    return inspection.once("survey", lambda: _surveyed(inspection))


def anywhere(inspection: Inspection) -> Scope:
    """Give what may be asked for in this environment or in any other, as a dashboard may."""
    return inspection.once("anywhere", lambda: survey(inspection).scope(wide=True))


def _surveyed(inspection: Inspection) -> Survey:
    idle = [rule for file in (*inspection.idle_files, *_nominal(inspection)) for rule in file.rules]
    return Survey(
        jobs=[job for _, job in inspection.jobs],
        contracts=inspection.contracts.by_name,
        owners=owners(inspection.stack),
        recorded=_recorded(inspection.rules, inspection),
        idle=_recorded(idle, inspection),
        alerts={rule.name for rule in (*inspection.rules, *idle) if rule.kind == "alert"},
        left_out=_left_out(inspection),
        strangers=tuple(_strangers(inspection)),
    )


def _nominal(inspection: Inspection) -> Iterator[RuleFile]:
    """Yield what any objective would record, where there is none: the alerts and dashboards on them stay."""
    environment = inspection.stack.environment
    if not objectives(environment):
        any_one = environment.model_copy(update={"slos": {"any": ANY}})
        for stem, text in slo_rules(any_one).items():
            yield RuleFile(f"rules/{stem}.yml", text)


def _left_out(inspection: Inspection) -> dict[str, str]:
    files = inspection.left_out_files
    return {rule.name: file.name for file in files for rule in file.rules if rule.kind == "record"}


def _recorded(rules: Iterable[Rule], inspection: Inspection) -> dict[str, list[Recording]]:
    found: dict[str, list[Recording]] = defaultdict(list)
    for rule in rules:
        if rule.kind == "record" and rule.name:
            labels = frozenset(map(str, rule.labels))
            found[rule.name].append(Recording(inspection.syntax(rule.expression), labels))
    return dict(found)


def _strangers(inspection: Inspection) -> Iterator[str]:
    """Name what else brings series of which this repository knows nothing."""
    files = inspection.prometheus.get("rule_files")
    yield from (f"rule file '{file}'" for file in (files if isinstance(files, list) else ()) if file != OURS)
    yield from ("remote_read" for _ in mappings(inspection.prometheus.get("remote_read"))[:1])


def forecast_of(inspection: Inspection) -> Forecast:
    """Forecast how many series an environment will have."""
    settings = inspection.stack.environment.cardinality
    return forecast(
        [job for _, job in inspection.jobs],
        inspection.contracts.by_name,
        owners(inspection.stack),
        recorded=sum(rule.kind == "record" for rule in inspection.rules),
        assumed=settings.assumed,
        budget=settings.budget,
    )
