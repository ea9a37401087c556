"""The first process of a container buries whoever has lost their parent, and ends as its work does."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from pipelines.clock.first import below_the_first
from tests.lab import ROOT

AS_FIRST = """
import ctypes, os, subprocess, sys, time
from pipelines.clock.first import below_the_first
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans below are ours, as they are the first's
os.getpid = lambda: 1

def work():
    # A parent that ends leaves its child behind, which ends a moment later.
    told = subprocess.run([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True).stdout
    time.sleep(1)
    print("there" if os.path.exists(f"/proc/{told.strip()}") else "gone", flush=True)
    WAIT
    return 7

sys.exit(below_the_first(work))
"""
ORPHAN = "import subprocess; print(subprocess.Popen(['sleep', '0.2'], stdout=2).pid)"
WAITING = """
    import signal
    signal.signal({number}, lambda *_: os._exit(5))
    print("ready", flush=True)
    time.sleep(30)
"""


def started(wait: str = "") -> subprocess.Popen[str]:
    script = AS_FIRST.replace("ORPHAN", repr(ORPHAN)).replace("WAIT", wait)
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def test_who_is_not_the_first_just_works() -> None:
    assert below_the_first(lambda: 3) == 3


def test_an_orphan_that_ends_is_gone_and_the_exit_code_is_that_of_the_work() -> None:
    process = started()
    said, wrong = process.communicate(timeout=30)

    assert (said.strip(), process.returncode) == ("gone", 7), wrong


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_for_the_work(number: signal.Signals) -> None:
    process = started(WAITING.format(number=int(number)))
    assert process.stdout
    assert [process.stdout.readline().strip() for _ in range(2)] == ["gone", "ready"]
    before = time.monotonic()
    process.send_signal(number)

    assert process.wait(timeout=20) == 5
    assert time.monotonic() < before + 10
    process.communicate()
