"""Which template files an environment's Alertmanager reads, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack.assemble import assemble
from stack.environment import Environment
from stack.errors import DefinitionInvalid
from stack.notifications.fields import INTEGRATIONS
from stack.notifications.templates import template_files
from tests.stack.services.lab import document, stack

if TYPE_CHECKING:
    from stack.service import Stack

OURS = ["templates/common.tmpl", "templates/email.tmpl", "templates/pagerduty.tmpl", "templates/slack.tmpl"]


def with_site(folder: Path, *, notifications: str = "real", **files: str) -> Stack:
    """Assemble an environment with a site that brings template files."""
    place = folder / "stack" / "templates" / "notifications"
    place.mkdir(parents=True, exist_ok=True)
    for stem, text in files.items():
        (place / f"{stem}.tmpl").write_text(text)
    environment = Environment.model_validate({"name": "lab", "notifications": notifications})
    return assemble(environment, root=Path("/nonexistent"), sites=[folder])


def test_the_sink_s_own_file_is_only_there_where_notifications_go_to_it() -> None:
    real, sink = (stack(notifications=where) for where in ("real", "sink"))

    assert list(template_files(real)) == OURS
    assert set(template_files(sink)) - set(OURS) == {"templates/sink.tmpl"}
    assert document(real, "alertmanager", "alertmanager.yml")["templates"] == ["templates/*.tmpl"]


def test_a_site_s_files_are_read_after_ours_and_the_environment_s_own_last(tmp_path: Path) -> None:
    made = with_site(tmp_path, slack='{{ define "monitoring.slack.text" }}mine{{ end }}', own="{{ 1 }}")
    files = made.defined["alertmanager"].files(made)

    assert list(made.templates) == ["own", "slack"]
    assert files["templates/site/slack.tmpl"] == b'{{ define "monitoring.slack.text" }}mine{{ end }}'
    assert b"mine" not in files["templates/slack.tmpl"]
    assert document(made, "alertmanager", "alertmanager.yml")["templates"] == [
        "templates/*.tmpl",
        "templates/site/*.tmpl",
    ]


def test_values_of_the_environment_are_filled_in() -> None:
    plain = template_files(stack())["templates/common.tmpl"].decode()
    linked = template_files(stack(values={"alertmanager_ui": "https://alerts.example.com"}))

    assert "${" not in plain
    assert '{{ with "" }}' in plain
    assert b'{{ with "https://alerts.example.com" }}' in linked["templates/common.tmpl"]


def test_a_value_that_there_is_not_is_told_at_its_line(tmp_path: Path) -> None:
    made = with_site(tmp_path, own="one\n${{ env.values.nothing }}\n")

    with pytest.raises(DefinitionInvalid, match=r"notifications/own\.tmpl:2"):
        template_files(made)


def test_every_template_that_a_field_names_is_defined() -> None:
    texts = b"".join(template_files(stack()).values()).decode()
    named = [word for word in str(INTEGRATIONS).split('"') if word.startswith("monitoring.")]

    assert named
    assert [name for name in named if f'{{{{ define "{name}" ' not in texts] == []
