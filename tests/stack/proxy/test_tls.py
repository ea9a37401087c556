"""The proxy's certificates: its own authority's, a file's, an ACME service's."""

from __future__ import annotations

import socket
import ssl
import subprocess
import warnings
from typing import TYPE_CHECKING

import pytest
import trustme

from stack.access import CERTIFICATE, KEY
from stack.clients.http import Session
from stack.errors import HttpFailed
from tests.caddy import TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.caddy import House

pytestmark = pytest.mark.integration

HOST = "monitoring.example.com"


def write(authority: trustme.CA, house: House, *names: str) -> None:
    made = authority.issue_cert(*names)
    made.private_key_pem.write_to_path(house.root / "secrets" / KEY)
    (house.root / "secrets" / CERTIFICATE).unlink(missing_ok=True)
    for pem in made.cert_chain_pems:
        pem.write_to_path(house.root / "secrets" / CERTIFICATE, append=True)


def shown(house: House, name: str | None = None) -> bytes:
    """Give the certificate that is shown to whoever asks for a name, or for none."""
    context, address = ssl._create_unverified_context(), ("127.0.0.1", house.stack.port("proxy"))
    with socket.create_connection(address, 5) as raw, context.wrap_socket(raw, server_hostname=name) as line:
        return line.getpeercert(binary_form=True) or b""


def test_its_own_authority_is_enough_for_a_deploy_to_trust_it_by_name_and_by_address(house: House) -> None:
    for host in ("localhost", "127.0.0.1"):
        base = f"https://{host}:{house.stack.port('proxy')}/-/door/proxy"
        session = Session(base, verify=str(house.authority), token=TOKENS["deploy_token"])
        assert session.get("/-/ready").ok
    with pytest.raises(HttpFailed):
        Session(house.base).get("/")


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_it_speaks_no_old_tls(house: House, version: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = ssl._create_unverified_context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
    address, refused = ("localhost", house.stack.port("proxy")), pytest.raises(ssl.SSLError, match="VERSION")
    with socket.create_connection(address, 5) as raw, refused:
        context.wrap_socket(raw, server_hostname="localhost")


def test_a_certificate_of_files_is_shown_and_a_new_one_after_a_reload(
    bare: Callable[..., House], tmp_path: Path
) -> None:
    house, authority = bare(tls="files", hosts=[HOST, "localhost"]), trustme.CA()
    write(authority, house, HOST, "localhost")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    house.authority.parent.mkdir(parents=True)
    house.authority.symlink_to(tmp_path / "ca.pem")
    house.start()
    before = shown(house, HOST)
    assert before == shown(house), "who names no host sees the first one's"

    write(authority, house, HOST, "localhost")
    session = Session(f"http://{house.stack.pages('proxy')}")
    assert session.request("POST", "/-/reload").ok
    assert shown(house, HOST) != before


def test_a_name_of_its_own_is_pinned_to_tls(bare: Callable[..., House]) -> None:
    house = bare(hosts=[HOST])
    made = house.stack.defined["proxy"].files(house.stack)["caddy.json"]

    assert b"max-age=31536000" in made
    assert house.base == f"https://{HOST}:{house.stack.port('proxy')}"


def test_caddy_takes_what_is_said_of_an_acme_service(bare: Callable[..., House]) -> None:
    house = bare(tls="acme", hosts=[HOST], email="a@example.com", acme_directory="https://ca.example.com/dir")
    file = str(house.root / "current" / "proxy" / "caddy.json")
    done = subprocess.run(
        [house.caddy, "validate", "--config", file],
        cwd=house.root / "work" / "proxy",
        env={"HOME": str(house.root)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
