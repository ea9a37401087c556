"""The program `grafana`: tells its version, or serves until SIGTERM."""

from __future__ import annotations

import configparser
import os
import shlex
import signal
import sys
import threading
from pathlib import Path

from tests.doubles.grafana.refusals import StartRefused
from tests.doubles.grafana.server import Grafana
from tests.doubles.grafana.settings import Settings

__all__ = ["main"]


def main(words: list[str]) -> int:
    """Do what the words say, and give the exit code."""
    if words in (["--version"], ["-v"]):
        print(f"grafana version {Settings({}, os.environ).version}")  # noqa: T201 # as the program does
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        _serve(words, stop)
    except (StartRefused, OSError) as refused:
        print(f"Error: ✗ {refused}", file=sys.stderr)  # noqa: T201 # as the program does
        return 1
    return 0


def _serve(words: list[str], stop: threading.Event) -> None:
    if words[:1] != ["server"]:
        message = f"the double serves or tells its version, not {shlex.join(words)}"
        raise StartRefused(message)
    parser = configparser.ConfigParser(interpolation=None)
    with Path(_options(words[1:])["config"]).open() as file:
        parser.read_file(file)
    with Grafana({name: dict(parser[name]) for name in parser.sections()}, os.environ):
        stop.wait()


def _options(words: list[str]) -> dict[str, str]:
    known = {"homepath", "config"}
    pairs = [word.removeprefix("--").split("=", 1) for word in words if word.startswith("--") and "=" in word]
    options = dict(pairs)
    if len(options) != len(words) or options.keys() != known:
        message = f"the double takes --homepath=FOLDER --config=FILE, not {shlex.join(words)}"
        raise StartRefused(message)
    if not Path(options["homepath"], "conf", "defaults.ini").is_file():
        message = "Could not find config defaults, make sure homepath command line parameter is set"
        raise StartRefused(message)
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
