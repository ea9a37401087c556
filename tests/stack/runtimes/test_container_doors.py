"""Whoever is in one of the containers asks its neighbours, and needs neither the proxy nor a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.assemble import services
from stack.load import load
from stack.runtimes.container_doors import Doors
from stack.service import Stack

if TYPE_CHECKING:
    from pathlib import Path


def none() -> Any:
    raise AssertionError


def test_inside_each_service_has_its_own_name_on_its_network(tmp_path: Path) -> None:
    stack = Stack(load("dev").environment, services(), services())
    doors = Doors(tmp_path, none, none, inside=True)

    assert doors.to(stack, "prometheus").base == "http://prometheus.core:9090"
    assert doors.to(stack, "proxy").base == "http://proxy:9180"
    assert doors.to(stack, "prometheus").token == ""
