from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.environment import Environment
from stack.errors import DefinitionInvalid, Refused
from stack.programs import Program
from stack.sources._wanted import LOCK, Wanted, want

PROMETHEUS = Program("prometheus", ("prometheus", "promtool"), "2.45")
GRAFANA = Program("grafana", ("grafana",), "10.0")
EXPORTER = Program("blackbox_exporter", ("blackbox_exporter",), "0.24")
NUMBER = st.integers(0, 40)


def environment(*, exact: bool = False, **versions: str) -> Environment:
    return Environment(name="test", exact_versions=exact, versions=versions)


@pytest.mark.parametrize(
    ("program", "found", "loosely", "exactly"),
    [
        (PROMETHEUS, "3.5.3", "", ""),
        (PROMETHEUS, "3.5.3+ds1", "", ""),
        (PROMETHEUS, "3.4.0", "", "3.4.0 is not the version asked for"),
        (PROMETHEUS, "2.53.3", "2.53.3 is of another major version", "2.53.3 is not the version asked for"),
        (PROMETHEUS, "4.0.0-rc.1", "4.0.0-rc.1 is of another major version", "4.0.0-rc.1 is not the version"),
        (PROMETHEUS, "2.42.0", "2.42.0 is older than 2.45", "2.42.0 is older than 2.45"),
        (PROMETHEUS, "unknown", "its version 'unknown' cannot be read", "its version 'unknown' cannot be"),
        (EXPORTER, "0.26.0", "", "0.26.0 is not the version asked for"),
        (EXPORTER, "0.23.0", "0.23.0 is older than 0.24", "0.23.0 is older than 0.24"),
        (EXPORTER, "1.0.0", "1.0.0 is of another major version", "1.0.0 is not the version asked for"),
    ],
)
def test_another_version_will_do_or_not(program: Program, found: str, loosely: str, exactly: str) -> None:
    loose, exact = want(program, environment()), want(program, environment(exact=True))
    for wanted, fault in ((loose, loosely), (exact, exactly)):
        assert wanted.fault(found).startswith(fault)
        assert bool(wanted.fault(found)) == bool(fault)


@given(NUMBER, NUMBER, NUMBER)
def test_an_exact_environment_takes_no_version_but_its_own(major: int, minor: int, patch: int) -> None:
    wanted = Wanted(PROMETHEUS, "3.5.3", exact=True, build="", digests={})
    assert bool(wanted.fault(f"{major}.{minor}.{patch}")) == ((major, minor, patch) != (3, 5, 3))


@given(NUMBER, NUMBER, NUMBER)
def test_no_environment_takes_a_version_below_the_floor(major: int, minor: int, patch: int) -> None:
    for exact in (True, False):
        wanted = Wanted(PROMETHEUS, f"{major}.{minor}.{patch}", exact=exact, build="", digests={})
        assert bool(wanted.fault(wanted.version)) == ((major, minor) < (2, 45))


def test_a_security_build_is_asked_for_by_its_whole_name() -> None:
    wanted = want(GRAFANA, environment(grafana="13.0.1+security-01"))
    assert wanted.version == "13.0.1+security-01"
    assert wanted.matches("13.0.1+security-01")
    assert not wanted.matches("13.0.1")


def test_build_and_digests_are_those_of_the_pin_and_of_no_other_version() -> None:
    assert want(GRAFANA, environment()).build.isdigit()
    assert not want(GRAFANA, environment(grafana="13.1.0")).build
    assert set(want(EXPORTER, environment()).digests) == {"amd64", "arm64"}
    assert not want(EXPORTER, environment(blackbox_exporter="0.27.0")).digests
    assert want(EXPORTER, environment(blackbox_exporter="v0.28.0")).digests


def test_a_version_that_cannot_be_used_is_refused_by_its_place_in_the_environment() -> None:
    with pytest.raises(Refused, match=r"versions\.prometheus: 2\.40\.0 is older than 2\.45"):
        want(PROMETHEUS, environment(prometheus="2.40.0"))
    with pytest.raises(Refused, match=r"versions\.prometheus: its version 'newest' cannot be read"):
        want(PROMETHEUS, environment(prometheus="newest"))
    with pytest.raises(DefinitionInvalid, match=r"binaries\.lock: has no version of unpinned"):
        want(Program("unpinned", ("x",), "1"), environment())


def test_every_pin_has_a_version_and_its_digests_are_of_the_right_form() -> None:
    for pin in tomllib.loads(LOCK.read_text()).values():
        assert set(pin) <= {"version", "build", "sha256"}
        for arch, digest in pin.get("sha256", {}).items():
            assert arch in {"amd64", "arm64"}
            assert len(bytes.fromhex(digest)) == 32
