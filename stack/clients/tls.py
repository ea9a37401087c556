"""TLS handshakes, as far as somebody looks at a server from outside."""

from __future__ import annotations

import socket
import ssl
import time
import warnings

__all__ = ["days_left", "speaks"]

PATIENCE = 5.0
"""Seconds."""

DAY = 86_400


def speaks(host: str, port: int, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> bool:
    """Say whether a server agrees to a version of TLS and one of some ciphers; its certificate is not asked.

    Args:
        host: its name.
        port: its port.
        version: the only version that is offered.
        ciphers: those that are offered, in OpenSSL's words.

    Raises:
        OSError: nobody listens there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are what is looked for
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers(ciphers)
        context.minimum_version = context.maximum_version = version
    with socket.create_connection((host, port), PATIENCE) as line:
        try:
            with context.wrap_socket(line, server_hostname=host):
                return True
        except (ssl.SSLError, ConnectionError):
            return False


def days_left(host: str, port: int, authority: str | bool) -> float:  # noqa: FBT001 # as `Session.verify` is
    """Give how long a server's certificate is still good for.

    Args:
        host: the name that it must be of.
        port: its port.
        authority: the file of the authority that it must be signed by, true for those trusted here.

    Raises:
        ssl.SSLCertVerificationError: it is not good now, and why.
        OSError: nobody listens there.
    """
    context = ssl.create_default_context(cafile=authority if isinstance(authority, str) else None)
    with (
        socket.create_connection((host, port), PATIENCE) as line,
        context.wrap_socket(line, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert() or {}
    return (ssl.cert_time_to_seconds(str(shown["notAfter"])) - time.time()) / DAY
