"""Headless Chromium: a picture of a page, as a person would see it.

Source: https://developer.chrome.com/docs/chromium/headless
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from stack.clients.command import run
from stack.errors import CommandFailed

__all__ = ["ABSENT", "Chromium", "chromium"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ABSENT = f"there is no browser on PATH to take pictures with: {', '.join(NAMES)}"

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's is often too small, and the page then fails to draw
    "--hide-scrollbars",
    "--no-first-run",
    "--force-device-scale-factor=1",
)


@dataclass(frozen=True, slots=True)
class Chromium:
    """One browser program."""

    program: Path

    def shoot(  # noqa: PLR0913 # what a picture is taken of, and how
        self,
        page: str | Path,
        picture: Path,
        *,
        width: int = 1366,
        height: int = 768,
        settle: float = 0.0,
        timeout: float = 60.0,
    ) -> None:
        """Write a picture of a page as PNG, in place of one that was there.

        A page that cannot be loaded is no error: the picture then shows the browser's own page on that.

        Args:
            page: an address, or a file.
            picture: the file to write.
            width: of the window, in pixels.
            height: of the window, and so of the picture.
            settle: seconds of the page's own clock that its scripts are given; they pass at once.
            timeout: seconds after which the browser is killed.

        Raises:
            CommandFailed: it does not start, does not end, or gives no picture.
        """
        picture.unlink(missing_ok=True)
        address = page.resolve().as_uri() if isinstance(page, Path) else page
        sizes = (f"--window-size={width},{height}", f"--screenshot={picture.resolve()}")
        budget = (f"--virtual-time-budget={settle * 1000:.0f}",) if settle else ()
        # A profile of its own: two at once would fight for one, and nothing of a login must stay.
        with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
            own = (*_sandbox(), f"--user-data-dir={profile}")
            done = run([self.program, *FLAGS, *own, *sizes, *budget, address], timeout=timeout).checked()
        if not picture.exists():
            said = (done.said or "no picture, and not a word").splitlines()[-1]
            raise CommandFailed(program=self.program.name, code=done.code, said=said)


def chromium() -> Chromium | None:
    """Find a browser on PATH; None where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Chromium(Path(found)) if found else None


def _sandbox() -> tuple[str, ...]:
    """Give what root needs: as root the browser refuses to start inside its sandbox."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()
