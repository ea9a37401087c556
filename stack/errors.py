"""Every way in which a run can end that is no bug: a docstring is the message, beside a hint and a code."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from stack.report import Report

__all__ = [
    "ActivationFailed",
    "BinaryMissing",
    "CheckFailed",
    "CommandFailed",
    "DefinitionInvalid",
    "EditsAtRisk",
    "EngineRefused",
    "EngineUnreachable",
    "EnvironmentInvalid",
    "HttpFailed",
    "Locked",
    "NotReady",
    "NothingKept",
    "PlanStale",
    "PortTaken",
    "Refused",
    "RepositoryFailed",
    "SecretUnreadable",
    "SmokeFailed",
    "StackError",
]


class StackError(Exception):
    """{message}"""

    exit_code: ClassVar[int] = 1
    hint: ClassVar[str] = ""

    def __init__(self, *, hint: str | None = None, **fields: object) -> None:
        self.fields = fields
        self.advice = type(self).hint if hint is None else hint
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").format(**fields))


class Refused(StackError):
    """{message}"""


class EnvironmentInvalid(StackError):
    """environment {name} has {count} mistake(s)"""

    exit_code = 3

    def __init__(self, *, name: str, report: Report) -> None:
        super().__init__(name=name, count=len(report.problems))
        self.report = report


class DefinitionInvalid(StackError):
    """{file}: {message}"""

    exit_code = 3


class CheckFailed(StackError):
    """{summary}"""

    exit_code = 4
    hint = "nothing was changed; mend what is named above and run it again"

    def __init__(self, *, report: Report) -> None:
        super().__init__(summary=report.summary())
        self.report = report


class SecretUnreadable(StackError):
    """secret {name}: {message}"""

    exit_code = 5


class BinaryMissing(StackError):
    """no source has {program} {version}: {reasons}"""

    exit_code = 6
    hint = "name one in the environment file under `binaries.paths`, or put it on PATH"


class PortTaken(StackError):
    """port {port}, which {service} needs, is taken by {owner}"""

    exit_code = 7
    hint = "stop that process, or give the service another port: --set ports.NAME=PORT"


class Locked(StackError):
    """another run is changing environment {name}: {holder}"""

    exit_code = 8
    hint = "wait until it has ended and run this again"


class PlanStale(StackError):
    """the plan was made against release {base}, but {live} is live now"""

    exit_code = 9
    hint = "make a new plan"


class NothingKept(StackError):
    """{message}"""

    exit_code = 10


class ActivationFailed(StackError):
    """release {release} could not be brought up: {message}"""

    exit_code = 11


class SmokeFailed(StackError):
    """release {release} is up but not proved: {summary}"""

    exit_code = 12

    def __init__(self, *, release: str, report: Report) -> None:
        super().__init__(release=release, summary=report.summary())
        self.report = report


class CommandFailed(StackError):
    """{program} ended with {code}: {said}"""

    exit_code = 13


class HttpFailed(StackError):
    """{method} {url}: {message}"""

    exit_code = 14

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer, None where there was no answer."""
        status = self.fields.get("status")
        return status if isinstance(status, int) else None


class EditsAtRisk(StackError):
    """{count} dashboard(s) edited in Grafana would be put back to what their files say"""

    exit_code = 15
    hint = "take the edits over with `invoke dashboards.pull`, or lose them with --discard-edits"

    def __init__(self, *, report: Report) -> None:
        super().__init__(count=len(report.problems))
        self.report = report


class RepositoryFailed(StackError):
    """backup repository {where}: {message}"""

    exit_code = 16


class NotReady(StackError):
    """environment {name} is not ready: {lines}"""

    exit_code = 17


class EngineUnreachable(StackError):
    """no Docker engine answers at {address}: {message}"""

    exit_code = 20
    hint = "start the engine, or name another one by DOCKER_HOST or a Docker context"


class EngineRefused(StackError):
    """the Docker engine cannot {what}: {message}"""

    exit_code = 21
