"""No secret's value may stand in a metrics page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.probes.secrets import PROBE

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "made-up-for-this-test"


def keep(folder: Path, **values: str) -> None:
    (folder / "secrets").mkdir()
    for name, value in values.items():
        (folder / "secrets" / name).write_text(value)


def test_pages_without_any_of_them_pass(scene: Any, tmp_path: Path) -> None:
    keep(tmp_path, word=VALUE, short="up")
    made = scene()
    made.page("/metrics", "up 1\n")

    count = len(made.sight.release.stack.services)
    assert PROBE.run(made.sight) == f"none of 1 secret(s) stands in {count} metrics pages"


def test_a_value_in_a_page_is_told_by_its_name_alone(scene: Any, waits: Any, tmp_path: Path) -> None:
    keep(tmp_path, word=VALUE)
    made = scene()
    made.page("/metrics", f'build_info{{flags="--password={VALUE}"}} 1\n')

    said = waits(PROBE, made)
    assert said.startswith("the value of secret word stands in the metrics of ")
    assert VALUE not in said


def test_a_page_that_cannot_be_read_is_waited_for(scene: Any, waits: Any) -> None:
    made = scene()
    made.page("/metrics", "starting", 503)

    assert "503 starting" in waits(PROBE, made)


def test_an_environment_without_secrets_has_none_to_look_for(scene: Any) -> None:
    made = scene()
    made.page("/metrics", "up 1\n")

    assert PROBE.run(made.sight).startswith("none of 0 secret(s)")
