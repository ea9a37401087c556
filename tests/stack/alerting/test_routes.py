"""Which routes an alert ends at, as Alertmanager itself decides it."""

from __future__ import annotations

from stack.alerting.routes import reached, routes

TREE = {
    "route": {
        "receiver": "fallback",
        "group_by": ["alertname"],
        "group_wait": "10s",
        "routes": [
            {"matchers": ['severity="page"'], "receiver": "phone", "continue": True, "group_wait": "1s"},
            {
                "matchers": ['env=~"prod|staging"'],
                "receiver": "channel",
                "routes": [{"matchers": ['team!=""'], "receiver": "team"}],
            },
            {"match": {"env": "dev"}, "receiver": "nobody"},
            {"receiver": "rest", "matchers": ["no matcher"]},
        ],
    }
}


def told(**labels: str) -> list[str]:
    return [route.settings["receiver"] for route in reached(TREE, labels)]


def test_an_alert_ends_where_it_goes_no_deeper_and_only_a_continue_goes_on() -> None:
    assert told(severity="page", env="prod") == ["phone", "channel"]
    assert told(severity="page", env="staging", team="a") == ["phone", "team"]
    assert told(severity="info", env="dev") == ["nobody"]
    assert told(severity="info") == ["fallback"]


def test_what_a_route_does_not_say_it_inherits() -> None:
    found = {route.path: route.settings for route in routes(TREE)}

    assert found["route.routes.0"]["group_wait"] == "1s"
    assert found["route.routes.1.routes.0"] == {
        "receiver": "team",
        "group_by": ["alertname"],
        "group_wait": "10s",
    }


def test_without_a_route_nobody_is_told() -> None:
    assert reached({}, {"env": "prod"}) == ()
    assert list(routes({"route": "a text"})) == []
