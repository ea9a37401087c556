from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stack.discover import stems
from stack.errors import StackError
from stack.exporters.resource_exporter.settings import KINDS, Resource, read
from stack.watched import DockerResource, HttpResource, ProcessResource, TcpResource

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = (
    HttpResource(name="shop", kind="http", url="http://h/x", metrics="http://h:1/m", interval="1m"),
    TcpResource(name="queue", kind="tcp", address="h:5672", timeout="500ms"),
    ProcessResource(name="proxy", kind="process", process="nginx"),
    DockerResource(name="cart", kind="docker", project="shop"),
)


def _write(folder: Path, resources: list[Any], forward: str = "") -> Path:
    path = folder / "resources.json"
    path.write_text(
        json.dumps({"env": "test", "resources": resources, "watchdog": {"forward_file": forward}})
    )
    return path


def test_every_kind_that_an_environment_can_declare_is_read_and_can_be_checked(tmp_path: Path) -> None:
    *others, containers = [resource.model_dump(mode="json") for resource in DECLARED]
    path = _write(tmp_path, [*others, {**containers, "discoverer": "http://d:9198"}])

    chosen = {"container": "", "project": "shop", "label": "", "discoverer": "http://d:9198"}
    assert read(path).resources == (
        Resource("shop", "http", {"url": "http://h/x", "status": [200]}, "http://h:1/m", 60.0, 5.0),
        Resource("queue", "tcp", {"address": "h:5672"}, "", 15.0, 0.5),
        Resource("proxy", "process", {"process": "nginx"}, "", 15.0, 5.0),
        Resource("cart", "docker", chosen, "", 15.0, 5.0),
    )
    assert {resource.kind for resource in DECLARED} == set(stems(KINDS))


def test_the_secrets_lie_beside_the_link_not_beside_the_release_that_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "releases/abc/resources").mkdir(parents=True)
    (tmp_path / "current").symlink_to("releases/abc")
    path = _write(tmp_path / "current/resources", [], "../../secrets/watchdog_url")

    assert read(path).forward == tmp_path / "secrets/watchdog_url"


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("shop", "resources[0] needs a `name` and a `kind`"),
        (
            {"name": "a", "kind": "ftp"},
            "resources[0] 'a': there is no kind 'ftp'; there are docker, http, process, tcp",
        ),
        ({"name": "a", "kind": "../os"}, "there is no kind '../os'"),
        ({"name": "a", "kind": "tcp"}, "resources[0] 'a': missing a required argument: 'address'"),
        ({"name": "a", "kind": "process", "process": "x", "url": "y"}, "unexpected keyword argument 'url'"),
        (
            {"name": "a", "kind": "process", "process": "x", "interval": "soon"},
            "interval: 'soon' is no duration",
        ),
        (
            {"name": "a", "kind": "process", "process": "x", "timeout": "0s"},
            "timeout must be longer than nothing",
        ),
        ({"name": "a", "kind": "process", "process": "x", "metrics": "h:1/m"}, "metrics: 'h:1/m' is no page"),
        (
            {"name": "a", "kind": "process", "process": "x", "metrics": "http://h:x/"},
            "'http://h:x/' is no page",
        ),
    ],
)
def test_a_mistake_in_a_resource_is_told_with_its_place(entry: object, line: str, tmp_path: Path) -> None:
    with pytest.raises(StackError) as caught:
        read(_write(tmp_path, [entry]))

    assert line in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "resources.json"))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"cannot read .*none\.json: No such file or directory"):
        read(tmp_path / "none.json")


def test_two_resources_of_one_name_are_refused(tmp_path: Path) -> None:
    one = {"name": "a", "kind": "process", "process": "x"}

    with pytest.raises(StackError, match="more than one resource is named a"):
        read(_write(tmp_path, [one, one]))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"env": 1}', "\udcff", '{"env": "x", "resources": []}'])
def test_a_file_that_is_no_configuration_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "resources.json"
    path.write_text(text, errors="surrogateescape")

    with pytest.raises(StackError, match=r"resources\.json: "):
        read(path)
