from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stack.exporters.command_center.faults import OF_PLATFORM, OF_SERVICES, Faults
from stack.exporters.command_center.fleet import PERIOD, VERTICALS
from stack.exporters.command_center.metrics import CommandCenterCollector

STEP = st.tuples(
    st.sampled_from(["on", "off"]),
    st.sampled_from([*OF_SERVICES, *OF_PLATFORM]),
    st.floats(0, 600),
)


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _counters(collector: CommandCenterCollector) -> dict[tuple[str, str], float]:
    return {
        (sample.name, str(sample.labels)): sample.value
        for family in collector.collect()
        if family.type in {"counter", "summary"}
        for sample in family.samples
    }


@given(steps=st.lists(STEP, max_size=12))
def test_no_fault_makes_a_counter_fall(steps: list[tuple[str, str, float]]) -> None:
    clock = _Clock()
    faults = Faults(clock)
    collector = CommandCenterCollector("test", clock, faults)
    before = _counters(collector)
    for switch, kind, wait in steps:
        getattr(faults, switch)(kind)
        clock.now += wait
        after = _counters(collector)
        assert all(before.get(series, 0) <= value for series, value in after.items())
        before = {**before, **after}


def test_only_the_scrapes_made_while_a_fault_is_on_meet_it() -> None:
    clock = _Clock()
    faults = Faults(clock)
    met = []
    for scrapes, switch in (
        (10, faults.on),
        (4, faults.on),
        (3, faults.off),
        (20, faults.on),
        (2, faults.off),
    ):
        clock.now += scrapes * PERIOD
        switch("errors", "crm")
        met.append(faults.met("errors", "crm"))

    assert met == [0, 4, 7, 7, 9]
    assert faults.met("errors", "media") == 0


def test_a_fault_of_every_service_can_be_switched_off_for_one() -> None:
    faults = Faults(_Clock())
    faults.on("outage")
    faults.off("outage", "crm")

    assert [name for name in VERTICALS if not faults.active("outage", name)] == ["crm"]
    faults.clear()
    assert faults.listing()["active"] == []
