"""`secrets.show`: where each comes from and who reads it, a value only to a person's eyes."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pipelines.commands.secrets import show
from stack.errors import Refused
from stack.secrets import materialise, renew
from tests.pipelines.core.shell import ROOT

if TYPE_CHECKING:
    from tests.pipelines.commands.secrets.conftest import Desk

VALUE = "made-up:key:value"
LINES = "extends: local\nsecrets: {slack_webhook_url: 'age:hook', twin: 'bcrypt:own', own: 'env:OWN'}\n"


@pytest.fixture
def deployed(full: Desk) -> Desk:
    (full.vault.parent / "local.yaml").write_text(LINES)
    folder = full.doors().folder / "secrets"
    full.patch.setenv("OWN", VALUE)
    materialise({"own": "env:OWN", "twin": "bcrypt:own", "grafana_admin_password": "generated"}, folder)
    full.patch.delenv("OWN")
    renew("grafana_admin_password", "another-made-up", folder)
    return full


def test_each_has_its_source_its_state_and_its_readers(
    deployed: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert deployed.run(show) == 0
    said = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in said.splitlines()}

    made = rows["grafana_admin_password"]
    assert (made[1:3], made[-1]) == (["generated", "rotated"], "grafana")
    assert re.fullmatch(r"\d+\.\d+s", made[3])
    assert re.fullmatch(r"[0-9a-f]{8}", made[4])
    hook = rows["slack_webhook_url"]
    assert hook[1:] == ["age:hook", "not", "read", "yet", "-", "-", "nobody"]
    assert (rows["own"][1:4], rows["own"][-1]) == (["env:OWN", "in", "use"], "twin")
    assert said.splitlines()[-1] == "6 secret(s) of local; 1 of them rotated; next: invoke deploy"
    for path in (deployed.doors().folder / "secrets").rglob("*"):
        assert not path.is_file() or path.read_bytes().decode(errors="replace") not in said


def test_without_a_terminal_no_value_is_shown(deployed: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refused, match="a value is only shown on a terminal"):
        deployed.run(show, reveal="own")
    assert VALUE not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [("onw", "there is no secret 'onw' here"), ("slack_webhook_url", "slack_webhook_url has no value yet")],
)
def test_what_has_no_value_is_told(
    deployed: Desk, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdout", terminal)
    with pytest.raises(Refused, match=said):
        deployed.run(show, reveal=name)


def task(desk: Desk, *words: str) -> tuple[list[str], dict[str, str]]:
    variables = {**os.environ, "MONITORING_VAR": str(desk.folder / "var"), "COLUMNS": "200"}
    site = str(desk.folder / "site")
    return [sys.executable, "-m", "invoke", "secrets.show", "--site", site, *words], variables


def test_a_terminal_is_shown_one_as_it_is(deployed: Desk) -> None:
    ours, theirs = pty.openpty()
    words, variables = task(deployed, "--reveal", "own")
    done = subprocess.run(words, cwd=ROOT, env=variables, stdout=theirs, check=False)
    os.close(theirs)

    assert done.returncode == 0
    assert os.read(ours, 4096).decode().splitlines()[-1] == VALUE
    os.close(ours)


def test_json_has_all_but_the_values(deployed: Desk) -> None:
    words, variables = task(deployed, "--json")
    done = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)

    found = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert found["twin"]["reference"] == "bcrypt:own"
    assert found["grafana_admin_password"]["readers"] == ["grafana"]
    assert VALUE not in done.stdout + done.stderr
    words, variables = task(deployed, "--json", "--reveal", "own")
    done = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["exit_code"]) == (1, 1)
    assert VALUE not in done.stdout + done.stderr
