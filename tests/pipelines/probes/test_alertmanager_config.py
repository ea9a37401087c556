"""Alertmanager tells the hash of what it runs: any other is not the rendered configuration."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.probes.alertmanager_config import PROBE, config_hash

PAGE = "# TYPE alertmanager_config_hash gauge\nalertmanager_config_hash {}\n{}\n"
LOADED = "alertmanager_config_last_reload_successful {}"


def rendered(made: Any) -> int:
    return config_hash(made.sight.release.tree.files["alertmanager/alertmanager.yml"])


def test_the_hash_is_what_alertmanager_itself_exports() -> None:
    configuration = b"route:\n  receiver: a\nreceivers:\n  - name: a\n"

    assert config_hash(configuration) == int(float("4.042821414607e+13"))  # as version 0.33.1 told it


@pytest.mark.parametrize("form", ["{:d}", "{:.16e}"])
def test_the_rendered_configuration_is_known_by_its_hash(scene: Any, form: str) -> None:
    made = scene()
    made.page("/metrics", PAGE.format(form.format(rendered(made)), LOADED.format(1)))

    assert PROBE.run(made.sight) == "the live configuration has the rendered one's hash"


def test_another_configuration_or_a_failed_reload_is_waited_for(scene: Any, waits: Any) -> None:
    for told, reload, missing in (
        (1, LOADED.format(1), "the live configuration has another hash than the rendered one"),
        (None, LOADED.format(0), "the last reload failed"),
        (None, "", "the last reload failed"),
    ):
        made = scene()
        made.server.clear()
        made.page("/metrics", PAGE.format(told or rendered(made), reload))
        assert waits(PROBE, made) == missing


@pytest.mark.parametrize("page", ["", "up 1\n", "<html>another server</html>"])
def test_a_page_of_another_server_is_waited_for_too(scene: Any, waits: Any, page: str) -> None:
    made = scene()
    made.page("/metrics", page)

    assert waits(PROBE, made) in {
        "the live configuration has another hash than the rendered one",
        "its metrics page holds no metrics",
    }
