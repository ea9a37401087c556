"""Bad input: one clear line, its own exit code, and the live stack as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import lab as labs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lab import Lab

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with labs.lab(tmp_path_factory.mktemp("bad-input")) as made:
        made.invoke("deploy").ok()
        yield made


@pytest.fixture
def live(shared: Lab) -> Iterator[Lab]:
    """The shared lab; whatever a test did to it, what it runs is what it ran before."""
    before = (shared.live(), shared.pid("prometheus"), shared.pid("alertmanager"), shared.state())
    yield shared
    for path in (shared.site / "rules").glob("*.yml"):
        path.unlink()
    shared.environment()
    assert (shared.live(), shared.pid("prometheus"), shared.pid("alertmanager"), shared.state()) == before
    assert shared.get("prometheus", "/-/ready").ok


def environment_text(text: str) -> Callable[[Lab], None]:
    def write(lab: Lab) -> None:
        (lab.site / "stack" / "environments" / "local.yaml").write_text(text)

    return write


def sections(**given: Any) -> Callable[[Lab], None]:
    return lambda lab: lab.environment(**given)


def rule(expression: str) -> Callable[[Lab], None]:
    return lambda lab: lab.rule("Extra", expression)


def same_rule_twice(lab: Lab) -> None:
    lab.rule("Extra", "up == 0")
    text = (lab.site / "rules" / "Extra.yml").read_text()
    (lab.site / "rules" / "Another.yml").write_text(text.replace('"name": "Extra"', '"name": "Another"'))


NOWHERE = {"sources": ["path"], "paths": {"prometheus": "/nowhere/prometheus"}}
UNREACHABLE = {"sources": ["upstream"], "upstream": "http://127.0.0.1:9"}
ROUTE = {"receiver": "nobody", "group_wait": "1s"}

PLACEHOLDER = {"name": "slack-dev", "webhook_configs": [{"url": "http://${HOOK}/"}]}

CASES: dict[str, tuple[Callable[[Lab], None], int, tuple[str, ...]]] = {
    "wrong YAML": (environment_text("extends: local\nports: [1, 2\n"), 3, ("local.yaml:3:1",)),
    "unknown key": (sections(retenton="3d"), 3, ("retenton", "did you mean 'retention'")),
    "wrong type": (sections(ports={"prometheus": "many"}), 3, ("local.yaml:1:", "ports.prometheus")),
    "wrong duration": (sections(retention="a while"), 3, ("retention", "'a while' is no duration")),
    "bad PromQL": (rule("up =="), 4, ("rules/Extra.yml", "parse error")),
    "duplicate rule": (same_rule_twice, 4, ("rules/Another.yml", "Extra")),
    "unknown receiver": (sections(alertmanager={"route": ROUTE}), 4, ("nobody",)),
    "missing binary": (sections(binaries=NOWHERE), 6, ("/nowhere/prometheus",)),
    "unreachable archive": (sections(binaries=UNREACHABLE), 6, ("127.0.0.1:9",)),
    "unknown environment value": (rule("up > ${{ env.values.nope }}"), 3, ("rules/Extra.yml:1", "nope")),
    "placeholder": (
        sections(notifications="real", alertmanager={"receivers": [PLACEHOLDER]}),
        4,
        ("alertmanager.yml", "${HOOK}"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_line_and_changes_nothing(live: Lab, case: str) -> None:
    spoil, code, parts = CASES[case]
    spoil(live)
    said = live.invoke("deploy", MONITORING_VAR=str(live.var))

    assert said.code == code, said.out + said.err
    told = [line for line in said.out.splitlines() if all(part in line for part in parts)]
    assert told, said.out
    assert "Traceback" not in said.out + said.err


def test_an_unknown_environment_is_told_with_those_that_exist(live: Lab) -> None:
    said = live.invoke("deploy", "--env", "stagin")

    assert said.code == 3
    assert "staging" in said.out


def test_an_unknown_task_or_flag_is_one_line(live: Lab) -> None:
    for words in (("deplyo",), ("deploy", "--evn", "prod")):
        said = live.invoke(*words)
        assert said.code == 1
        assert len((said.out + said.err).strip().splitlines()) == 1


def test_another_environment_refuses_to_go_on_without_grafana(live: Lab) -> None:
    said = live.invoke(
        "deploy", "--env", "dev", "--set", "binaries.sources=[path]", "--set", "require_all=true"
    )

    assert said.code == 6, said.out
    assert "grafana" in said.last or "no source has" in said.last
