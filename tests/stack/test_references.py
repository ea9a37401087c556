"""`${{ … }}`: ours is filled in, Prometheus' own templates pass untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.environment import Environment
from stack.errors import DefinitionInvalid
from stack.references import fill, fill_all, render_rules, secrets_in

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = Environment(name="local", values={"cpu": 80}, secrets={"hook": "env:HOOK"})


def test_values_and_secrets_are_filled_in_and_templates_of_prometheus_stay() -> None:
    text = "cpu > ${{ env.values.cpu }} # {{ $labels.x }} {% if %} {# no #} {{ $value }}% in ${{ env.name }}"

    assert fill(text, ENVIRONMENT) == "cpu > 80 # {{ $labels.x }} {% if %} {# no #} {{ $value }}% in local"


def test_a_secret_becomes_the_path_of_its_file_anywhere_in_a_document() -> None:
    document = {"receivers": [{"api_url_file": "${{ secrets.hook }}", "n": 1, "on": True}]}
    filled = fill_all(document, ENVIRONMENT)

    assert filled == {"receivers": [{"api_url_file": "../../secrets/hook", "n": 1, "on": True}]}
    assert list(secrets_in({"a": str(filled).encode(), "b": b"../../secrets/other "})) == ["hook", "other"]


@pytest.mark.parametrize(
    "text", ["${{ env.values.nope + 1 }}", "${{ nope }}", "${{ secrets.nope }}", "${{ env.("]
)
def test_an_unknown_name_is_an_error(text: str) -> None:
    with pytest.raises(jinja2.TemplateError):
        fill(text, ENVIRONMENT)


def test_a_rule_file_without_a_value_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rules" / "node.yml"
    path.parent.mkdir()
    path.write_text("groups:\n- name: a\n  x: ${{ env.values.nope }}\n")

    with pytest.raises(DefinitionInvalid, match=r"^rules/node\.yml:3: "):
        render_rules(path, ENVIRONMENT)


@given(st.text().filter(lambda text: "${" not in text))
def test_text_without_ours_is_left_as_it_is(text: str) -> None:
    assert fill(text, ENVIRONMENT) == text
