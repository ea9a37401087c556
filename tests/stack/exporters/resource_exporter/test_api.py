from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from stack.exporters.resource_exporter.api import Exporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from stack.clients.http import Session

    Eventually = Callable[[Callable[[], object]], None]
    Notification = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    def write(*resources: dict[str, Any], forward: str = "") -> Path:
        document = {"env": "test", "resources": resources, "watchdog": {"forward_file": forward}}
        path = tmp_path / "resources.json"
        path.write_text(json.dumps(document))
        return path

    return write


@pytest.fixture
def run(serve: Callable[..., Session]) -> Iterator[Callable[[Path], Session]]:
    exporters: list[Exporter] = []

    def start(path: Path) -> Session:
        exporters.append(Exporter(path))
        return serve(exporters[-1].routes, *exporters[-1].collectors)

    yield start
    for exporter in exporters:
        exporter.stop()


def _samples(session: Session) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    samples: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(session.get("/metrics").text):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return samples


def _labels(resource: str, kind: str) -> tuple[tuple[str, str], ...]:
    return (("kind", kind), ("resource", resource))


def _tcp(name: str, port: int, **more: str) -> dict[str, Any]:
    return {"name": name, "kind": "tcp", "address": f"127.0.0.1:{port}", "interval": "10ms", **more}


def test_resources_tell_their_state_and_carry_no_label_that_the_scrape_job_adds(
    config: Callable[..., Path], run: Callable[[Path], Session], eventually: Eventually
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as up, socket.create_server(("127.0.0.1", 0)) as gone:
        dead = gone.getsockname()[1]
        gone.close()
        session = run(config(_tcp("up", up.getsockname()[1]), _tcp("dead", dead)))
        eventually(lambda: len(_samples(session).get("resource_up", {})) == 2)
        samples = _samples(session)

    assert samples["resource_up"] == {_labels("up", "tcp"): 1.0, _labels("dead", "tcp"): 0.0}
    assert samples["resource_check_duration_seconds"].keys() == samples["resource_up"].keys()
    assert samples["resource_check_interval_seconds"] == dict.fromkeys(samples["resource_up"], 0.01)
    assert samples["resource_last_success_timestamp_seconds"].keys() == {_labels("up", "tcp")}
    assert time.time() - samples["resource_last_success_timestamp_seconds"][_labels("up", "tcp")] < 60


def test_a_resource_whose_first_check_is_under_way_has_no_state_yet(
    config: Callable[..., Path], run: Callable[[Path], Session]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        samples = _samples(run(config({"name": "slow", "kind": "http", "url": url, "timeout": "1h"})))

    assert not [name for name in samples if name.startswith("resource_")]


def test_a_reload_takes_a_new_file_and_keeps_the_old_one_where_the_new_is_broken(
    config: Callable[..., Path], run: Callable[[Path], Session], eventually: Eventually
) -> None:
    page = {"metrics": "http://127.0.0.1:1/metrics"}
    session = run(config(_tcp("one", 1, **page)))

    def discovered() -> list[str]:
        return [group["labels"]["resource"] for group in session.json("/sd")]

    assert discovered() == ["one"]
    config(_tcp("two", 1, **page), _tcp("three", 1, **page))
    assert session.post("/-/reload").text == "watching 2 resource(s)\n"
    assert discovered() == ["two", "three"]
    both = {_labels("two", "tcp"), _labels("three", "tcp")}
    eventually(lambda: _samples(session).get("resource_up", {}).keys() == both)

    config({"name": "four", "kind": "gopher"})
    refused = session.request("POST", "/-/reload")
    assert refused.status_code == 500
    assert refused.text.startswith("the old configuration stays: ")
    assert "there is no kind 'gopher'" in refused.text
    assert discovered() == ["two", "three"]


def test_discovery_answers_json_even_when_there_is_nothing(
    config: Callable[..., Path], run: Callable[[Path], Session]
) -> None:
    answer = run(config()).get("/sd")

    assert (answer.headers["Content-Type"], answer.json()) == ("application/json", [])


def test_a_beat_is_remembered_with_its_release_and_a_resolved_one_is_none(
    config: Callable[..., Path], run: Callable[[Path], Session], notification: Notification
) -> None:
    session = run(config())
    assert "watchdog_last_beat_timestamp_seconds" not in _samples(session)

    before = time.time()
    session.post("/watchdog", notification({"release": "old"}, {"release": "new"}))
    after_one = session.json("/watchdog")
    assert session.post("/watchdog", notification({"release": "x"}, status="resolved")).text.startswith(
        "no beat"
    )

    assert session.json("/watchdog") == after_one
    assert before <= after_one["last_beat"] <= time.time()
    assert (after_one["release"], after_one["beats"]) == ("new", 1)
    assert after_one["labels"] == {"alertname": "Watchdog", "release": "new"}
    assert after_one["starts_at"] == "2026-01-01T00:00:01.5Z"
    samples = _samples(session)
    assert samples["watchdog_beats_total"] == {(): 1.0}
    assert samples["watchdog_last_beat_timestamp_seconds"] == {(): pytest.approx(after_one["last_beat"])}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"status": "firing"}', b"[" * 100_000, b"\xff"])
def test_what_is_no_notification_is_refused_and_is_no_beat(
    config: Callable[..., Path], run: Callable[[Path], Session], body: bytes
) -> None:
    session = run(config())

    assert session.request("POST", "/watchdog", data=body).status_code == 400
    assert session.json("/watchdog")["beats"] == 0


def test_beats_are_passed_on_where_the_file_says_so(
    config: Callable[..., Path],
    run: Callable[[Path], Session],
    notification: Notification,
    httpserver: HTTPServer,
    eventually: Eventually,
) -> None:
    httpserver.expect_request("/ping", "POST").respond_with_data("ok")
    path = config(forward="url")
    secret = path.with_name("url")
    secret.write_text(httpserver.url_for("/ping"))
    session = run(path)
    session.post("/watchdog", notification({"release": "r"}, status="resolved"))
    session.post("/watchdog", notification({"release": "r"}))

    eventually(lambda: httpserver.log)
    assert [request.get_json()["status"] for request, _ in httpserver.log] == ["firing"]
    secret.unlink()
    eventually(
        lambda: (
            session.post("/watchdog", notification({}))
            and _samples(session)["watchdog_forward_failures_total"][()] > 0
        )
    )
