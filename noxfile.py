"""Sessions that prove the project itself, each in an environment of its own; `nox -l` lists them."""

from __future__ import annotations

import nox

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"

GATE_PURE = 95
GATE_ALL = 80
WORKERS = "4"
"""Scenarios wait for intervals most of their time, whatever the number of processors."""
BY_STACK = ("--dist", "loadscope", "--no-loadscope-reorder")
"""What shares a stack, and the order, are told by `tests/conftest.py`."""
PURE = (
    "stack/*.py",
    "stack/alerting/*.py",
    "stack/promql/*.py",
    "stack/services/*.py",
    "stack/runtimes/layout.py",
    "stack/runtimes/process*.py",
    "stack/runtimes/record.py",
    "pipelines/checks/*.py",
    "pipelines/core/*.py",
)
ASKING = (
    "stack/rehearsal.py",
    "pipelines/checks/alertmanager_live.py",
    "pipelines/checks/amtool_*.py",
    "pipelines/checks/promtool_*.py",
    "pipelines/core/images.py",
)
"""Those among them that ask another program: scenarios see what they do."""


def prepare(session: nox.Session) -> None:
    """Install exactly what the lock names."""
    # The lock is complete: an older pip would look for a newer `coverage` that `coverage[toml]` also allows.
    session.install("--no-deps", "--require-hashes", "-r", "requirements.lock")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    prepare(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check every annotation."""
    prepare(session)
    session.run("mypy")


@nox.session
def unit(session: nox.Session) -> None:
    """Run the tests that need no other program, and hold their coverage against its gates."""
    prepare(session)
    session.run("coverage", "erase")
    session.run("pytest", "-m", "not integration", "-n", "auto", "--cov", "--cov-report=", *session.posargs)
    if not session.posargs:
        pure = (f"--include={','.join(PURE)}", f"--omit={','.join(ASKING)}")
        session.run("coverage", "report", *pure, f"--fail-under={GATE_PURE}")
        session.run("coverage", "report", f"--fail-under={GATE_ALL}")


@nox.session
def integration(session: nox.Session) -> None:
    """Run the real programs on free ports."""
    prepare(session)
    session.run("python", "-m", "tests.programs")
    none_chosen = [5] if session.posargs else []
    for which, workers in (("integration and not alone", WORKERS), ("integration and alone", "1")):
        words = ("-m", which, "-n", workers, *BY_STACK, "--durations=20", *session.posargs)
        session.run("pytest", *words, success_codes=[0, *none_chosen])


@nox.session(default=False)
def audit(session: nox.Session) -> None:
    """Look every dependency up for known vulnerabilities."""
    prepare(session)
    # Strict: a package that could not be looked up is no proof of anything.
    session.run("pip-audit", "--strict", "--require-hashes", "-r", "requirements.lock", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure, each figure beside its floor in the same run."""
    prepare(session)
    session.run("python", "-m", "tests.bench", *session.posargs)


@nox.session(default=False)
def golden(session: nox.Session) -> None:
    """Write the golden trees anew; read what differs before you commit it."""
    prepare(session)
    session.run("python", "-m", "tests.golden_write", *session.posargs)
