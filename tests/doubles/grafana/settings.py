"""What the server was told: the variable before the file, expanders filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.doubles.grafana.refusals import StartRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VERSION", "Settings"]

VERSION = "13.2.1"
EXPANDER = re.compile(r"\$__(\w+)\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Settings:
    """The file by section and key, and the variables of the process."""

    ini: Mapping[str, Mapping[str, str]]
    environ: Mapping[str, str]

    def get(self, section: str, key: str, default: str = "") -> str:
        """Give a setting."""
        variable = f"GF_{section}_{key}".upper().replace(".", "_")
        raw = self.environ.get(variable, self.ini.get(section, {}).get(key, default))
        return EXPANDER.sub(lambda found: self._expand(section, key, *found.groups()), raw)

    @property
    def admin(self) -> str:
        """The admin's name."""
        return self.get("security", "admin_user", "admin")

    @property
    def version(self) -> str:
        """The version that it is a double of: `DOUBLE_VERSION`, or the newest."""
        return self.environ.get("DOUBLE_VERSION", VERSION)

    @property
    def major(self) -> int:
        """The first number of that."""
        return int(self.version.partition(".")[0])

    @property
    def is_newer(self) -> bool:
        """Whether it answers as 12 was seen to, and not as 9 was."""
        return self.major >= 12

    @property
    def data(self) -> Path | None:
        """The database's folder, where it has one."""
        folder = self.get("paths", "data")
        return Path(folder) if folder else None

    def _expand(self, section: str, key: str, expander: str, argument: str) -> str:
        if expander == "env":
            return self.environ.get(argument, "")
        try:
            return Path(argument).read_text().strip()
        except OSError as error:
            message = f"got error while expanding {section}.{key} with expander '{expander}': {error}"
            raise StartRefused(message) from error
