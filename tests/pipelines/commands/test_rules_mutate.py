"""The verb that tries the tests of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.commands.rules import mutate
from stack.errors import CheckFailed
from tests.pipelines.commands.site import ENVIRONMENT, RULES, TESTS, Site, document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.integration
def test_every_mutant_of_a_well_tested_alert_is_seen_in_every_environment(
    ran: Callable[..., tuple[int, list[str]]],
) -> None:
    for environment in ENVIRONMENT:
        code, lines = ran(mutate, subject="shop", environment=environment)
        assert (code, lines[-1]) == (0, f"{environment}: the tests see 7 of 7 mutants of 1 alert(s)")


def survivors(lines: list[str]) -> Iterator[tuple[str, str]]:
    for problem in document(lines)["problems"]:
        yield problem["where"], problem["summary"]


LAX = TESTS.replace("${{ env.values.limit + 0.1 }}", "999").replace('"0 ${{', '"0 0 ${{ 0 *')
EQUIVALENT = "rules/tests/equivalent/shop.yml"


@pytest.mark.integration
def test_a_mutant_that_no_test_sees_is_told_at_its_rule_unless_it_is_listed_with_a_reason(
    ran: Callable[..., tuple[int, list[str]]], site: Site
) -> None:
    site.write(**{"rules/tests/shop_test.yml": LAX})
    code, lines = ran(mutate, json=True)
    where = "rules/shop.yml:7: shop/Slow"
    assert code == CheckFailed.exit_code
    assert list(survivors(lines)) == [(where, "no test sees threshold 1 raised: `5` becomes `5.5`")]
    (mutant,) = [one for one in document(lines)["mutants"] if not one["seen_by"]]
    assert mutant == {
        "alert": "Slow",
        "mutant": "threshold 1 raised",
        "was": "5",
        "becomes": "5.5",
        "where": where,
        "seen_by": "",
    }
    site.write(**{EQUIVALENT: "- {alert: Slow, mutant: threshold 1 raised, reason: it is whole seconds}"})
    assert ran(mutate)[0] == 0


@pytest.mark.integration
@pytest.mark.parametrize(
    ("listed", "where", "summary"),
    [
        (
            "- {alert: Slow, mutant: for dropped, reason: x}",
            ":1: 0",
            "the test 'slow & <slower>' sees for dropped of Slow",
        ),
        ("[]\n- {alert: Slow}", "", "must be a list"),
        ("a: b", "", "must be a list"),
        ("- {alert: Slow, mutant: for droped, reason: x}", ":1: 0", "Slow has no mutant 'for droped'"),
        ("\n- {alert: Slo, mutant: for dropped, reason: x}", ":2: 0", "there is no alert 'Slo'"),
        (
            "- {alert: Slow, mutant: for dropped, reason: ''}",
            ":1: 0",
            "an entry has an alert, a mutant and a reason",
        ),
        ("- 7", ":1: 0", "an entry has an alert, a mutant and a reason"),
    ],
)
def test_an_entry_that_names_no_mutant_that_lives_is_a_problem_itself(
    ran: Callable[..., tuple[int, list[str]]], site: Site, listed: str, where: str, summary: str
) -> None:
    site.write(**{EQUIVALENT: listed})
    code, lines = ran(mutate, json=True)
    ((place, said),) = survivors(lines)
    assert (code, place) == (CheckFailed.exit_code, f"{EQUIVALENT}{where}")
    assert said.startswith(summary)


@pytest.mark.integration
def test_an_alert_without_a_test_is_told_once_and_a_second_one_of_its_name_has_mutants_of_its_own(
    ran: Callable[..., tuple[int, list[str]]], site: Site
) -> None:
    more = """
      - {alert: Slow, expr: seconds > 100, labels: {severity: info}}
      - {alert: Other, expr: up == 3}
"""
    site.write(**{"rules/shop.yml": RULES + more})
    _, lines = ran(mutate, json=True)
    assert sorted(survivors(lines)) == [
        ("rules/shop.yml:12: shop/Slow", f"no test sees rule 2: {what}")
        for what in (
            "another severity: `info` becomes `unheard-of`",
            "never fires",
            "threshold 1 lowered: `100` becomes `90`",
            "threshold 1 raised: `100` becomes `110`",
        )
    ] + [("rules/shop.yml:13: shop/Other", "no test names the alert Other")]


@pytest.mark.integration
def test_tests_that_fail_as_it_is_are_told_and_nothing_is_tried(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.write(**{"rules/tests/shop_test.yml": TESTS.replace("exp_alerts: []", "exp_alerts: [{}]")})
    with pytest.raises(CheckFailed, match="quick: Slow at 5m"):
        mutate.run(site.effects())
    assert "✗ rules/tests/shop_test.yml:16" in capsys.readouterr().out
