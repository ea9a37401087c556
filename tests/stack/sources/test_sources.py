from __future__ import annotations

import platform

import pytest

from stack.discover import definitions
from stack.environment import BinarySettings
from stack.errors import Refused
from stack.sources import Source, architecture


def test_every_source_that_an_environment_may_name_is_defined() -> None:
    assert set(BinarySettings().sources) == set(definitions("stack.sources", "SOURCE", Source))


def test_a_machine_that_nothing_is_published_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    names = {}
    for machine in ("x86_64", "aarch64"):
        monkeypatch.setattr(platform, "machine", lambda name=machine: name)
        names[machine] = architecture()
    assert names == {"x86_64": "amd64", "aarch64": "arm64"}
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(Refused, match="only for Linux on amd64 and arm64, this is Linux on riscv64"):
        architecture()
