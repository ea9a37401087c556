"""Each audit finds its fault in a stack that runs, and none in one that is safe."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
import warnings
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import bcrypt
import pytest
import trustme

from pipelines.audits import leaks, open_ports, weak_tls
from pipelines.audits.strangers import paths
from pipelines.core.audit import Outside, audit
from stack.access import CERTIFICATE, KEY
from stack.runtimes.protocol import ServiceStatus
from tests.caddy import Behind, House, make
from tests.pipelines.core.doubles import Noting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.pipelines.audits.conftest import Scene

    Make = Callable[..., Scene]

pytestmark = pytest.mark.integration


def inner(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the routes behind the proxy's names."""
    routes: list[dict[str, Any]] = document["apps"]["http"]["servers"]["entrance"]["routes"][0]["handle"][0][
        "routes"
    ]
    return routes


def without_gate(document: dict[str, Any]) -> None:
    inner(document)[:] = [route for route in inner(document) if "handle_response" not in str(route)]


def test_a_safe_stack_has_no_fault(scene: Make) -> None:
    found = scene().found()

    assert {name: one.report.problems for name, one in found.items() if one.report.problems} == {}
    assert all(one.asked for one in found.values())


def test_a_path_that_is_open_is_found_and_no_server_is_ended_by_looking(scene: Make) -> None:
    made = scene(without_gate)
    said = made.said("strangers")

    assert "/prometheus/-/quit: answers 200 to whoever asks, and should say 401" in said
    assert "/-/door/prometheus/-/healthy: answers 200 to whoever asks, and should say 401" in said
    closed = set(paths(made.house.stack)) - {line.partition(": ")[0] for line in said}
    assert closed == {"/-/door/grafana/api/health"}, "of all of them Grafana alone refuses by itself"


def test_what_grafana_shows_is_found(scene: Make) -> None:
    said = scene(without_gate, grafana=Behind).said("grafana_login")

    assert "/api/search: Grafana answers 200 to whoever asks" in said
    assert "/metrics: Grafana answers 200 to whoever asks" in said


def test_a_password_that_everybody_knows_is_found_and_tried_only_once(scene: Make) -> None:
    tried: list[str] = []

    class Open(Behind):
        def do_POST(self) -> None:  # noqa: N802
            tried.append(self.path)
            super().do_GET()

    made = scene(grafana=Open, users=["admin"])
    hashed = bcrypt.hashpw(b"admin", bcrypt.gensalt(4))
    (made.house.root / "secrets" / "user_admin_hash").write_bytes(hashed)
    made.house.door("gate").post("/-/reload")

    assert made.said("default_passwords") == [
        "Grafana: admin/admin logs in",
        "the proxy: admin/admin comes in",
    ]
    assert tried == ["/login"]


def test_a_missing_header_and_one_that_tells_too_much_are_found(scene: Make) -> None:
    def fault(document: dict[str, Any]) -> None:
        response = inner(document)[0]["handle"][0]["response"]
        del response["set"]["X-Content-Type-Options"]
        response["set"]["X-Frame-Options"] = ["ALLOWALL"]
        response["set"]["X-Powered-By"] = ["magic"]

    said = scene(fault).said("headers")

    assert "/: X-Content-Type-Options is missing" in said
    assert "/prometheus/: X-Frame-Options is 'ALLOWALL'" in said
    assert "/grafana/login: X-Powered-By tells which program answers: 'magic'" in said


def certified(made: House, authority: trustme.CA, name: str, days: float) -> House:
    issued = authority.issue_cert(name, not_after=datetime.now(UTC) + timedelta(days=days))
    (made.root / "secrets" / KEY).write_bytes(issued.private_key_pem.bytes())
    (made.root / "secrets" / CERTIFICATE).write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    return made


@pytest.mark.parametrize(
    ("name", "days", "trusted", "said"),
    [
        ("localhost", 90, True, ""),
        ("localhost", 5.5, True, "expires in 5 days"),
        ("localhost", -1, True, "is not trusted: certificate has expired"),
        ("example.com", 90, True, "no answer: "),
        ("localhost", 90, False, "is not trusted: unable to get local issuer certificate"),
    ],
)
def test_a_certificate_that_is_not_good_is_found(  # noqa: PLR0917 # what a case has
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: float, trusted: bool, said: str
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    made = certified(make(tmp_path / "house", tls="files"), authority, name, days)
    with made.ending:
        made.start()
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        found = {one.name: one for one in audit(Outside(made.stack, Noting(made.root)))}
    problems = found["certificate"].report.problems

    assert [problem.summary.startswith(said) for problem in problems] == ([True] if said else [])


@contextmanager
def old_server(folder: Path, port: int, ciphers: str, version: ssl.TLSVersion) -> Iterator[None]:
    """Let a server agree to what no server should."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("localhost", key_type=trustme.KeyType.RSA).configure_cert(context)
        context.set_ciphers(ciphers)
        context.minimum_version = context.maximum_version = version
    server = socket.create_server(("127.0.0.1", port))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            try:
                context.wrap_socket(line, server_side=True).close()
            except OSError:
                line.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


@pytest.mark.parametrize(
    ("ciphers", "version", "said"),
    [
        ("ALL:@SECLEVEL=0", ssl.TLSVersion.TLSv1, ["speaks TLS 1.0"]),
        ("ALL:@SECLEVEL=0", ssl.TLSVersion.TLSv1_1, ["speaks TLS 1.1"]),
        (
            "AES128-GCM-SHA256",
            ssl.TLSVersion.TLSv1_2,
            ["agrees to a cipher without forward secrecy, or to a weak one"],
        ),
        ("ECDHE-RSA-AES128-GCM-SHA256", ssl.TLSVersion.TLSv1_2, []),
        ("ALL", ssl.TLSVersion.TLSv1_3, []),
    ],
)
def test_an_old_tls_and_a_weak_cipher_are_found(
    tmp_path: Path, ciphers: str, version: ssl.TLSVersion, said: list[str]
) -> None:
    made = make(tmp_path)
    with old_server(tmp_path, made.stack.port("proxy"), ciphers, version):
        problems = list(weak_tls.AUDIT.run(Outside(made.stack, Noting(made.root))))

    assert [problem.summary for problem in problems] == said


def test_a_port_that_others_reach_is_found(tmp_path: Path) -> None:
    if not open_ports.addresses():
        pytest.skip("this machine has no address but loopback")
    address, made = open_ports.addresses()[0], make(tmp_path)
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    outside = Outside(made.stack, Noting(made.root))
    assert list(open_ports.AUDIT.run(outside)) == []
    with socket.create_server((address, made.stack.port("alertmanager")), family=kind):
        said = [f"{problem.where}: {problem.summary}" for problem in open_ports.AUDIT.run(outside)]

    assert said == [f"{address}:{made.stack.port('alertmanager')}: the port of alertmanager answers there"]


def test_a_secret_in_a_log_and_in_a_variable_is_found_and_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(tmp_path)
    argv = [sys.executable, "-c", "import sys; sys.stdin.read()", "--token=" + "c" * 30]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env={**os.environ, "TOKEN": "j" * 30}) as process:
        status = ServiceStatus("node", "running", ready=True, port=1, pid=process.pid)
        runtime = Noting(made.root, statuses=(status,), lines=("asked with " + "d" * 30,))
        problems = list(leaks.AUDIT.run(Outside(made.stack, runtime)))
        process.communicate()

    assert [f"{problem.where}: {problem.summary}" for problem in problems] == [
        "log of node: the value of secret deploy_token stands there",
        "arguments of node: the value of secret token_ci stands there",
        "variables of node: the value of secret token_job stands there",
    ]
    assert "ddddd" not in str(problems)


def test_what_does_not_answer_is_not_taken_for_safe(tmp_path: Path) -> None:
    made = make(tmp_path)
    found = {one.name: one for one in audit(Outside(made.stack, Noting(made.root)))}

    assert not found["strangers"].report
    assert not found["weak_tls"].report
