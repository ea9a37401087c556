"""Which servers answer at all: asked once for all programs, all of them at the same time."""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from stack.download import CONNECT, reason
from stack.emit import to_json
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["silent"]

AGAIN = 300.0
"""Seconds for which a server that kept silent is not asked again: every run would wait for it otherwise."""


def silent(addresses: Iterable[str], memory: Path) -> dict[str, str]:
    """Say of each host that does not answer why not; one that answers is left out.

    Args:
        addresses: the addresses that are about to be fetched.
        memory: the file that keeps which hosts were silent, and since when.
    """
    asked = {urlsplit(address).netloc: address for address in addresses}
    known = {host: since for host, since in _remembered(memory).items() if time.time() - since < AGAIN}
    said = _ask({host: address for host, address in asked.items() if host not in known})
    known |= {host: time.time() for host in asked if host not in said and host not in known}
    write_atomically(memory, to_json(known))
    late = {host: _late(known[host]) for host in asked if host in known}
    return late | {host: fault for host, fault in said.items() if fault}


def _late(since: float) -> str:
    waited = round(time.time() - since)
    return f"no answer within {CONNECT:.0f} s" + (f" (asked {waited} s ago)" if waited else "")


def _ask(addresses: dict[str, str]) -> dict[str, str]:
    """Give what is wrong with each host, an empty text for nothing; a silent one is not in the answer.

    In threads, since neither the look-up of a name nor a host with many addresses keeps to a time limit;
    a thread that still waits is left behind.
    """
    said: dict[str, str] = {}
    threads = [Thread(target=_ask_one, args=(*each, said), daemon=True) for each in addresses.items()]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + CONNECT
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(said)


def _ask_one(host: str, address: str, said: dict[str, str]) -> None:
    try:
        requests.head(address, timeout=CONNECT, allow_redirects=False).close()
        said[host] = ""
    except requests.Timeout:
        pass
    except requests.RequestException as error:
        said[host] = reason(error)


def _remembered(memory: Path) -> dict[str, float]:
    try:
        return {str(host): float(since) for host, since in json.loads(memory.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
