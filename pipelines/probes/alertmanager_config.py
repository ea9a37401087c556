"""The configuration that Alertmanager runs is the rendered one, by its own hash of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.probe import Sight

__all__ = ["PROBE", "config_hash"]


def config_hash(data: bytes) -> int:
    """Give the value of `alertmanager_config_hash` for a configuration file.

    Source: https://github.com/prometheus/alertmanager, config/coordinator.go: six bytes of the MD5.
    """
    return int.from_bytes(hashlib.md5(data, usedforsecurity=False).digest()[:6], "little")


def _run(sight: Sight) -> str:
    wanted = config_hash(sight.release.tree.files["alertmanager/alertmanager.yml"])
    page = sight.door("alertmanager").get("/metrics").text
    samples = _samples(page)
    if int(samples.get("alertmanager_config_hash", -1)) != wanted:
        raise Waiting("the live configuration has another hash than the rendered one")
    if samples.get("alertmanager_config_last_reload_successful") != 1:
        raise Waiting("the last reload failed")
    return "the live configuration has the rendered one's hash"


def _samples(page: str) -> Mapping[str, float]:
    try:
        return {s.name: s.value for family in text_string_to_metric_families(page) for s in family.samples}
    except ValueError as error:
        raise Waiting("its metrics page holds no metrics") from error


PROBE = Probe(
    asks="whether Alertmanager runs the rendered configuration", run=_run, needs=("alertmanager",), quick=True
)
