"""Which version of a program is wanted, and whether another one will do."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from stack.errors import DefinitionInvalid, Refused

if TYPE_CHECKING:
    from stack.environment import Environment
    from stack.programs import Program

__all__ = ["Wanted", "want"]

LOCK = Path(__file__).parents[1] / "binaries.lock"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A program in the version that an environment asks for.

    Args:
        program: the program.
        version: the version, as its project writes it.
        exact: whether any other version is refused.
        build: the build number in the release's address, where it has one and we know it.
        digests: SHA-256 of the release archive by architecture, where we know it.
    """

    program: Program
    version: str
    exact: bool
    build: str
    digests: dict[str, str]

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name

    def matches(self, version: str) -> bool:
        """Say whether this is the wanted version; a distribution's suffix (`3.5.3+ds1`) does not matter."""
        return SpecifierSet(f"=={self.version}").contains(version, prereleases=True)

    def fault(self, version: str) -> str:
        """Say in one clause why this version is refused; nothing where it will do."""
        try:
            found = Version(version)
        except InvalidVersion:
            return f"its version '{version}' cannot be read"
        if found < Version(self.program.floor):
            return f"{version} is older than {self.program.floor}, the oldest that may be used"
        if self.matches(version):
            return ""
        if self.exact:
            return f"{version} is not the version asked for"
        if found.major != Version(self.version).major:
            return f"{version} is of another major version"
        return ""


def want(program: Program, environment: Environment) -> Wanted:
    """Read which version of a program an environment asks for, by itself or by the pin.

    Raises:
        DefinitionInvalid: neither names one.
        Refused: the environment names no version, or one that is too old.
    """
    pin = _pins().get(program.name, {})
    version = environment.versions.get(program.name, pin.get("version", "")).removeprefix("v")
    if not version:
        raise DefinitionInvalid(file=LOCK.name, message=f"has no version of {program.name}")
    known = pin if version == pin.get("version") else {}
    wanted = Wanted(
        program, version, environment.exact_versions, known.get("build", ""), known.get("sha256", {})
    )
    if fault := wanted.fault(version):
        raise Refused(message=f"versions.{program.name}: {fault}")
    return wanted


@cache
def _pins() -> dict[str, Any]:
    return tomllib.loads(LOCK.read_text())
