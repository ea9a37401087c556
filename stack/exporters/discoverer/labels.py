"""What a container's labels say about scraping it: all of it can be used, or none of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from stack.suggestion import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PREFIX", "Unusable", "Wish", "wish"]

PREFIX = "prometheus.io/"
KEYS = ("scrape", "port", "path", "scheme", "job")
PATH = re.compile(r"/[^\s#?]*(\?(\w+=[^\s#&]*(&|$))+)?")


class Unusable(Exception):
    """A container that wants to be scraped and cannot be: one line, and in one word what it is about."""

    def __init__(self, about: str, line: str) -> None:
        super().__init__(line)
        self.about = about


@dataclass(frozen=True, slots=True)
class Wish:
    """How a container wants to be scraped.

    Args:
        ports: its ports; none: those that it exposes.
        path: the page.
        params: the parameters of that page.
        scheme: `http` or `https`.
        job: the job's name; empty: that of its Compose service, or its own.
    """

    ports: tuple[int, ...] = ()
    path: str = "/metrics"
    params: tuple[tuple[str, str], ...] = ()
    scheme: str = "http"
    job: str = ""


def wish(labels: Mapping[str, str]) -> Wish | None:
    """Read a container's labels; None where it does not want to be scraped.

    Raises:
        Unusable: one of them is wrong.
    """
    said = {
        key.removeprefix(PREFIX): value.strip() for key, value in labels.items() if key.startswith(PREFIX)
    }
    if not _wanted(said.pop("scrape", "false")):
        return None
    for key in said:
        if key not in KEYS:
            near = nearest(key, KEYS)
            raise Unusable(
                "labels", f"there is no label {PREFIX}{_short(key)}" + (f"; {near}" if near else "")
            )
    path, _, query = _fitting(said, "path", PATH, "/metrics", "a path like /metrics").partition("?")
    return Wish(
        ports=tuple(dict.fromkeys(map(_port, said["port"].split(",")))) if "port" in said else (),
        path=path,
        params=tuple(parse_qsl(query, keep_blank_values=True)),
        scheme=_fitting(said, "scheme", re.compile("https?"), "http", "`http` or `https`"),
        job=_fitting(said, "job", re.compile(r"\S.{0,99}"), "", "a name of at most 100 letters"),
    )


def _wanted(written: str) -> bool:
    if written.lower() not in {"true", "false"}:
        raise Unusable("labels", f"{PREFIX}scrape is '{_short(written)}', and must be `true` or `false`")
    return written.lower() == "true"


def _fitting(said: Mapping[str, str], key: str, form: re.Pattern[str], usual: str, wanted: str) -> str:
    if key in said and not form.fullmatch(said[key]):
        raise Unusable("labels", f"{PREFIX}{key} is '{_short(said[key])}', and must be {wanted}")
    return said.get(key, usual)


def _port(written: str) -> int:
    text = written.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise Unusable(
            "labels", f"{PREFIX}port has '{_short(text)}', and must be ports, `9187` or `80, 9187`"
        )
    return int(text)


def _short(text: str) -> str:
    """Give a text for a line of a log: whoever starts a container decides what its labels hold."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean if len(clean) <= 40 else f"{clean[:40]}…"
