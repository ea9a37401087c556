"""The checklist as one asks for it: what is printed, what is written, how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands import checklist
from pipelines.core.checklist import Line, green, red, unknown
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.core.checklist import Look, Verdict

GOOD = release()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> dict[str, Line]:
    """Replace the lines that are found."""
    found: dict[str, Line] = {}
    monkeypatch.setattr("pipelines.core.checklist.definitions", lambda *_: found)
    monkeypatch.setattr("time.time", lambda: 1_795_601_482.25)
    return found


def giving(verdict: Verdict) -> Callable[[Look], Verdict]:
    return lambda _: verdict


def test_an_environment_that_is_ready(
    lines: dict[str, Line], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines |= {"checks": Line("Checked.", giving(green("81 passed")))}
    lines |= {"silences": Line("Heard.", giving(red("1 open", "end it")), mandatory=False)}
    doors = effects(tmp_path, Noting(tmp_path / "local").deployed(GOOD))

    assert checklist.run(doors) == 0
    stem = tmp_path / "checklists" / "local-20261125T101122Z"
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  ✓ checks       81 passed",
        "  ✗ silences     1 open",
        "    next: end it",
        f"environment local is ready; written to {stem}.md and {stem.name}.html",
    ]
    text, page = stem.with_suffix(".md").read_text(), stem.with_suffix(".html").read_text()
    assert text.startswith(
        f"# local is ready\n\n2026-11-25 10:11:22Z: release {GOOD.id} is live; 1 of 2 lines are green\n\n| "
    )
    assert "| Heard. | advisory | red | 1 open | end it |\n" in text
    assert "<td>81 passed</td>" in page


@pytest.mark.parametrize("verdict", [red("no | <b>", "mend it"), unknown("no | <b>", "find out")])
def test_an_environment_that_is_not_ready(
    verdict: Verdict, lines: dict[str, Line], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines |= {"plan": Line("Live.", giving(green("it is"))), "smoke": Line("Proved.", giving(verdict))}

    assert checklist.run(effects(tmp_path, out=str(tmp_path / "elsewhere"))) == 17
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith(f"environment local is not ready: smoke; written to {tmp_path}/elsewhere/local-")
    )
    assert {path.suffix for path in (tmp_path / "elsewhere").iterdir()} == {".md", ".html"}


def test_the_json_has_all_of_it_and_standard_output_for_itself(
    lines: dict[str, Line], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines |= {"smoke": Line("Proved.", giving(red("no", "mend it")))}

    assert checklist.run(effects(tmp_path, json=True)) == 17
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found.pop("files") == [
        f"{tmp_path}/checklists/local-20261125T101122Z.{end}" for end in ("md", "html")
    ]
    assert found == {
        "environment": "local",
        "release": None,
        "moment": 1_795_601_482.25,
        "ready": False,
        "lines": [
            {
                "line": "smoke",
                "asks": "Proved.",
                "kind": "mandatory",
                "state": "red",
                "evidence": "no",
                "todo": "mend it",
            }
        ],
    }
