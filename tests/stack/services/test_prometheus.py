"""Prometheus' configuration: what the services bring, merged with the environment's own section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stack.errors import DefinitionInvalid
from tests.stack.services.lab import document, stack

if TYPE_CHECKING:
    from pathlib import Path


def configuration(**sections: Any) -> Any:
    return document(stack(**sections), "prometheus", "prometheus.yml")


def test_intervals_and_labels_are_the_environment_s_and_its_own_section_wins() -> None:
    made = configuration(scrape_interval="30s", external_labels={"region": "eu"})
    assert made["global"] == {
        "scrape_interval": "30s",
        "scrape_timeout": "10s",
        "evaluation_interval": "15s",
        "external_labels": {"env": "lab", "region": "eu"},
    }

    own = configuration(prometheus={"global": {"scrape_interval": "1m", "query_log_file": "q"}})
    assert (own["global"]["scrape_interval"], own["global"]["query_log_file"]) == ("1m", "q")
    assert own["global"]["scrape_timeout"] == "10s"


def test_what_it_has_no_word_for_is_passed_through_with_its_references_filled() -> None:
    login = {"username": "${{ env.name }}", "password_file": "${{ secrets.word }}"}
    remote = {"remote_write": [{"url": "https://x/w", "basic_auth": login}]}
    made = configuration(prometheus=remote, secrets={"word": "env:WORD"})

    filled = {"username": "lab", "password_file": "../../secrets/word"}
    assert made["remote_write"] == [{"url": "https://x/w", "basic_auth": filled}]


def test_alerts_go_to_our_alertmanager_unless_the_environment_names_others() -> None:
    ours = {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:7"]}]}]}
    other = {"alertmanagers": [{"static_configs": [{"targets": ["am:9093"]}]}]}

    assert configuration(ports={"alertmanager": 7})["alerting"] == ours
    assert configuration(prometheus={"alerting": other})["alerting"] == other
    assert configuration(services={"alertmanager": False})["alerting"] == {}


def test_rule_files_are_rendered_and_named_and_the_environment_s_own_come_behind(tmp_path: Path) -> None:
    assert configuration()["rule_files"] == []
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text('groups: [{name: "${{ env.name }} {{ $labels.x }}"}]')
    made = stack(root=tmp_path, prometheus={"rule_files": ["/etc/own/*.yml"]})

    assert document(made, "prometheus", "prometheus.yml")["rule_files"] == ["rules/*.yml", "/etc/own/*.yml"]
    files = made.services["prometheus"].files(made)
    assert files["rules/a.yml"] == b'groups: [{name: "lab {{ $labels.x }}"}]'


def test_each_objective_brings_a_rule_file_that_no_other_may_take_the_name_of(tmp_path: Path) -> None:
    shop = {"objective": 99, "errors": "a[$window]", "total": "b[$window]"}
    made = stack(root=tmp_path, slos={"shop": shop, "gone": None})
    assert document(made, "prometheus", "prometheus.yml")["rule_files"] == ["rules/*.yml"]
    assert set(made.services["prometheus"].files(made)) == {"prometheus.yml", "rules/slo-shop.yml"}

    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "slo-shop.yml").write_text("groups: []")
    taken = stack(root=tmp_path, slos={"shop": shop})
    with pytest.raises(DefinitionInvalid, match=r"slo-shop\.yml: the recordings of an objective"):
        taken.services["prometheus"].files(taken)
