"""What becomes of a dashboard's queries: data, nothing or an error, in the order of its panels."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Response

from stack.dashboards.asking import State, p95, surveys
from stack.dashboards.awaited import Awaited
from tests.doubles.prometheus import PrometheusDouble
from tests.stack.dashboards.boards import NOW, board, panel, viewer

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from stack.dashboards.asking import Survey


@pytest.fixture
def double(httpserver: HTTPServer) -> PrometheusDouble:
    made = PrometheusDouble(values={"up": 1.0, "2": 2.0}, refused={"up)": "parse error:\n  unexpected )"})
    made.label_values = {"env": ["a", "b"]}
    return made.serve(httpserver)


def told(survey: Survey) -> list[tuple[str, str, str]]:
    return [(one.question.letter, str(one.state), one.said) for one in survey.answers]


def test_each_query_shows_data_nothing_or_an_error(
    tmp_path: Path, httpserver: HTTPServer, double: PrometheusDouble
) -> None:
    others = panel("Logs", datasource={"type": "loki"}, targets=[{"refId": "A", "expr": "{}"}])
    made = board(tmp_path, "one", panel("Up", "up", "down", "up)", 'x{a=~"$who"}', "up + $who"), others)
    (survey,) = surveys([made], viewer(httpserver))

    assert told(survey) == [
        ("A", "data", ""),
        ("B", "empty", "no series"),
        ("C", "error", "parse error: unexpected )"),
        ("D", "empty", "there is no variable $who"),
        ("E", "empty", "there is no variable $who"),
        ("A", "elsewhere", "it asks loki, not Prometheus"),
    ]
    assert (survey.answers[0].samples, len(survey.asked), len(survey.failing)) == (2, 5, 4)
    assert survey.seconds >= sum(one.seconds for one in survey.answers) > 0
    assert 0 < p95([survey]) <= max(one.seconds for one in survey.answers)


def test_ranges_and_moments_are_asked_for_as_a_browser_does(
    tmp_path: Path, httpserver: HTTPServer, double: PrometheusDouble
) -> None:
    double.evaluate = lambda _: 1.0
    chosen = {
        "name": "env",
        "type": "query",
        "query": "label_values(up, env)",
        "includeAll": True,
        "multi": True,
    }
    rate = 'rate(a{env=~"$env"}[$__rate_interval])'
    fine = {"refId": "A", "expr": "fine[$__interval]", "interval": "1m"}
    now = {"refId": "A", "expr": "now[$__range]", "instant": True}
    made = board(
        tmp_path,
        "one",
        panel("Half", rate, gridPos={"w": 12, "h": 8}),
        panel("Few points", "few", maxDataPoints=10),
        panel("Of its own", targets=[fine]),
        panel("Now", targets=[now]),
        time={"from": "now-6h", "to": "now"},
        templating={"list": [chosen]},
    )
    (survey,) = surveys([made], viewer(httpserver))

    assert all(one.state is State.DATA for one in survey.answers)
    assert set(double.asked) == {'rate(a{env=~"(a|b)"}[60s])', "few", "fine[60s]", "now[21600s]"}
    assert sorted(double.ranges) == [
        (NOW - 21_600, NOW, 30.0),
        (NOW - 21_600, NOW, 60.0),
        (NOW - 21_600, NOW, 1800.0),
    ]


def test_a_panel_that_is_repeated_is_asked_for_one_value(
    tmp_path: Path, httpserver: HTTPServer, double: PrometheusDouble
) -> None:
    double.evaluate = lambda _: 1.0
    chosen = {
        "name": "env",
        "type": "query",
        "query": "label_values(env)",
        "includeAll": True,
        "allValue": ".*",
    }
    row = {"title": "Row", "type": "row", "repeat": "env"}
    panels = (
        panel("All", "all $env"),
        panel("One", "one $env", repeat="env"),
        row,
        panel("Row's", "row $env"),
    )
    surveys([board(tmp_path, "one", *panels, templating={"list": [chosen]})], viewer(httpserver))

    assert sorted(double.asked) == ["all .*", "one a", "row a"]


def test_a_variable_without_value_leaves_its_queries_empty_and_a_broken_one_breaks_them(
    tmp_path: Path, httpserver: HTTPServer, double: PrometheusDouble
) -> None:
    listed = [
        {"name": "none", "type": "query", "query": "label_values(none)"},
        {"name": "bad", "type": "query", "query": "query_result(up))"},
    ]
    made = board(
        tmp_path, "one", panel("P", "a $none", "b $bad", "c $none $bad"), templating={"list": listed}
    )
    (survey,) = surveys([made], viewer(httpserver))

    assert told(survey) == [
        ("A", "empty", "variable $none has no value"),
        ("B", "error", "variable $bad: parse error: unexpected )"),
        ("C", "error", "variable $bad: parse error: unexpected )"),
    ]
    assert "a $none" not in double.asked


@pytest.mark.parametrize("instant", [True, False])
@pytest.mark.parametrize(
    "said", ["query timed out in expression evaluation", "expanding series: context deadline exceeded"]
)
def test_a_query_that_takes_too_long_is_one_clear_line(
    tmp_path: Path, httpserver: HTTPServer, instant: bool, said: str
) -> None:
    answer = {"status": "error", "errorType": "timeout", "error": said}
    for path in ("query", "query_range"):
        httpserver.expect_request(f"/api/v1/{path}").respond_with_json(answer, status=503)
    made = board(tmp_path, "one", panel("Slow", targets=[{"refId": "A", "expr": "slow", "instant": instant}]))
    (survey,) = surveys([made], viewer(httpserver, limit=0.25))

    assert told(survey) == [("A", "error", "no answer within 0.25 s")]
    assert httpserver.log[0][0].args["timeout"] == "250ms"


def test_a_server_that_never_answers_is_given_up(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: Any) -> Response:
        time.sleep(0.5)
        return Response("{}")

    monkeypatch.setattr("stack.clients.prometheus.PATIENCE", 0.05)
    httpserver.expect_request("/api/v1/query_range").respond_with_handler(slow)
    (survey,) = surveys([board(tmp_path, "one", panel("Slow", "slow"))], viewer(httpserver, limit=0.1))

    assert told(survey) == [("A", "error", "no answer within 0.1 s")]
    assert survey.seconds < 0.4


def test_what_is_known_is_not_asked_again_and_progress_is_told(
    tmp_path: Path, httpserver: HTTPServer, double: PrometheusDouble
) -> None:
    made = [board(tmp_path, "one", panel("Up", "up", "down")), board(tmp_path, "two", panel("Up", "up"))]
    steps: list[tuple[int, int]] = []
    first = surveys(made, viewer(httpserver), tell=lambda done, total: steps.append((done, total)))
    good = {a.question.key: a for one in first for a in one.answers if a.state is State.DATA}
    double.asked.clear()
    again = surveys(made, viewer(httpserver), known=good)

    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert double.asked == ["down"]
    assert [told(one) for one in again] == [told(one) for one in first]


def test_an_event_may_be_what_fills_a_panel_and_a_rare_recording_may_not_be_due(
    tmp_path: Path, httpserver: HTTPServer, double: PrometheusDouble
) -> None:
    made = board(tmp_path, "one", panel("Faults", "down", "up)"), panel("Rare", "100 * a:b:mean1h"))
    made.__dict__["_read"] = (made.model, "", {"Faults": "a fault"})
    (survey,) = surveys([made], viewer(httpserver, awaited=Awaited({"a:b:mean1h": "its first evaluation"})))

    assert [one.until for one in survey.answers] == ["a fault", "", "its first evaluation"]
    assert [one.question.letter for one in survey.failing] == ["B"], "no event mends what is no PromQL"


def test_numbers_texts_histograms_and_what_is_no_number(tmp_path: Path, httpserver: HTTPServer) -> None:
    answers = {
        "scalar": {"resultType": "scalar", "result": [NOW, "2"]},
        "string": {"resultType": "string", "result": [NOW, "two"]},
        "vector": {"resultType": "vector", "result": [{"metric": {"a": "b"}, "value": [NOW, "NaN"]}]},
        "native": {"resultType": "vector", "result": [{"metric": {}, "histogram": [NOW, {"count": "3"}]}]},
    }
    for text, data in answers.items():
        page = httpserver.expect_request(
            "/api/v1/query", query_string={"query": text, "time": f"{NOW}", "timeout": "10000ms"}
        )
        page.respond_with_json({"status": "success", "data": data})
    targets = [{"refId": text[0], "expr": text, "instant": True} for text in answers]
    (survey,) = surveys([board(tmp_path, "one", panel("All", targets=targets))], viewer(httpserver))

    assert told(survey) == [
        ("s", "data", ""),
        ("s", "empty", "its series hold no number"),
        ("v", "empty", "its series hold no number"),
        ("n", "data", ""),
    ]
    assert survey.answers[3].series[0].points == ((NOW, 3.0),)
