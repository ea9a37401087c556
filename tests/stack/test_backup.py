"""When a stack makes its own backups: five fields of cron, and a time zone, or a line on what is odd."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from stack.backup import Backup


def test_no_stack_makes_its_own_unless_it_is_told_when() -> None:
    assert (Backup().schedule, Backup().drill, Backup().timezone) == ("", "43 4 * * 0", "UTC")


def test_a_child_may_switch_off_what_its_parent_has_on() -> None:
    assert Backup(schedule="", drill="").schedule == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"schedule": "nightly"}, "'nightly' are no five fields of cron"),
        ({"schedule": "17 2 * * *", "drill": "0 24 * * *"}, "'24' is no hour of cron, 0 to 23"),
        ({"schedule": "0 0 30 2 *"}, "'0 0 30 2 *' names no moment that ever comes"),
        ({"timezone": "Middle/Earth"}, "there is no time zone 'Middle/Earth'; write it like Europe/Berlin"),
        ({"timezone": "../secret"}, "there is no time zone '../secret'; write it like Europe/Berlin"),
        ({"timezone": ""}, "there is no time zone ''; write it like Europe/Berlin"),
    ],
)
def test_what_is_odd_is_told(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Backup(**given)

    assert said in str(caught.value)
