from __future__ import annotations

from stack.exporters.resource_exporter.discovery import target_groups
from stack.exporters.resource_exporter.settings import Resource, Settings


def _groups(*pages: str) -> list[dict[str, object]]:
    resources = tuple(
        Resource(f"r{at}", "tcp", {"address": "h:1"}, page, 15, 5) for at, page in enumerate(pages)
    )
    return target_groups(Settings("prod", resources, None))


def test_a_resource_without_a_metrics_page_is_no_target() -> None:
    assert _groups("", "") == []


def test_every_part_of_a_metrics_page_reaches_prometheus() -> None:
    (group,) = _groups("https://user@[::1]:8443/v1/metrics?format=prometheus&all=1")

    assert group == {
        "targets": ["[::1]:8443"],
        "labels": {
            "__scheme__": "https",
            "__metrics_path__": "/v1/metrics",
            "__param_format": "prometheus",
            "__param_all": "1",
            "resource": "r0",
            "kind": "tcp",
            "env": "prod",
        },
    }


def test_a_target_has_a_port_and_a_path_even_where_its_page_names_none() -> None:
    groups = _groups("http://a", "https://b/")

    assert [group["targets"] for group in groups] == [["a:80"], ["b:443"]]
    assert [group["labels"]["__metrics_path__"] for group in groups] == ["/metrics", "/"]  # type: ignore[index]
