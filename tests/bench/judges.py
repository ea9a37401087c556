"""The programs of a lab, and those of them that judge a configuration, as one would call them by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.assemble import services
from stack.binaries import resolve
from stack.load import load
from tests.bench.timing import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.lab import Lab

__all__ = ["Judges", "executables"]


def executables(lab: Lab) -> Mapping[str, Path]:
    """Find every program that a lab may run, Grafana apart; what is not on this machine is fetched."""
    found = resolve(
        [service.program for service in services().values() if service.program and not service.optional],
        load("local", sites=(lab.site,)).environment,
        lab.var / "cache",
        tell=lambda line: None,
        progress=lambda what, have, total: None,
    )
    return {name: path for binary in found.values() for name, path in binary.executables.items()}


@dataclass(frozen=True, slots=True)
class Judges:
    """promtool and amtool, by their paths."""

    promtool: Path
    amtool: Path

    @classmethod
    def of(cls, lab: Lab) -> Judges:
        """Find the tools that the tasks of a lab use themselves."""
        paths = executables(lab)
        return cls(paths["promtool"], paths["amtool"])

    def check_prometheus(self, tree: Path) -> None:
        """Check the configuration in a rendered tree, and every rule file with it."""
        run(self.promtool, "check", "config", tree / "prometheus" / "prometheus.yml")

    def check_alertmanager(self, tree: Path) -> None:
        """Check the configuration in a rendered tree."""
        run(self.amtool, "check-config", tree / "alertmanager" / "alertmanager.yml")

    def test_rules(self, file: Path) -> None:
        """Run the rule tests of a file."""
        run(self.promtool, "test", "rules", file)
