"""Our reading of routes and groups, against the programs whose routes they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stack.alerting.routes import reached
from stack.emit import to_yaml
from stack.rehearsal import rehearse
from tests.stack.alerting.trees import alerts, configurations

if TYPE_CHECKING:
    from pathlib import Path

    from stack.clients.amtool import Amtool

pytestmark = pytest.mark.integration
REAL = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@REAL
@given(configuration=configurations, labels=alerts)
def test_an_alert_reaches_whom_amtool_says_in_the_same_order(
    configuration: dict[str, Any], labels: dict[str, str], tmp_path: Path, amtool: Amtool
) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_bytes(to_yaml(configuration))
    told = [route.receiver for route in reached(configuration, labels)]

    assert amtool.misrouted(file, labels, told) == ()
    assert amtool.misrouted(file, labels, [*told, "a"]) == tuple(told)


# A server starts for each example: the first one that fails has to do.
@settings(REAL, max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(configuration=configurations, firing=st.lists(alerts, min_size=1, max_size=12))
def test_alerts_make_the_groups_that_a_real_alertmanager_makes(
    configuration: dict[str, Any], firing: list[dict[str, str]], alertmanager: Path
) -> None:
    real = rehearse(alertmanager, configuration, [[labels] for labels in firing])
    ours = [
        (case, route.receiver, sorted(route.group(labels).items()))
        for case, labels in enumerate(firing)
        for route in reached(configuration, labels)
    ]

    assert sorted(ours) == sorted((one.case, one.receiver, sorted(one.group.items())) for one in real)
    assert [one.labels for one in real] == [firing[one.case] for one in real]
