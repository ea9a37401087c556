"""The proxy's certificates: from an authority of its own, from files, or from an ACME service.

Source: https://caddyserver.com/docs/json/apps/tls/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.access import CERTIFICATE, KEY
from stack.references import SECRETS

if TYPE_CHECKING:
    from stack.proxy.handlers import Json
    from stack.service import Stack

__all__ = ["certificates", "policy"]


def policy(stack: Stack) -> Json:
    """Say how a connection is encrypted; one that names no host gets the first one's certificate."""
    return {"protocol_min": "tls1.2", "default_sni": stack.environment.proxy.hosts[0]}


def certificates(stack: Stack) -> Json:
    """Give the applications that certificates come from."""
    kinds = {"internal": _internal, "files": _files, "acme": _acme}
    return kinds[stack.environment.proxy.tls](stack)


def _internal(stack: Stack) -> Json:
    """Let the server be its own authority; nothing is put among what this machine trusts."""
    authority = {"name": "Monitoring", "install_trust": False}
    return {
        "pki": {"certificate_authorities": {"local": authority}},
        "tls": _automated(stack, {"module": "internal"}),
    }


def _files(stack: Stack) -> Json:
    del stack
    files = {"certificate": f"{SECRETS}/{CERTIFICATE}", "key": f"{SECRETS}/{KEY}"}
    return {"tls": {"certificates": {"load_files": [files]}}}


def _acme(stack: Stack) -> Json:
    """Prove the names over TLS itself: the service must reach port 443 of them, and it must lead here."""
    settings = stack.environment.proxy
    issuer = {
        "module": "acme",
        "challenges": {
            "http": {"disabled": True},
            "tls-alpn": {"alternate_port": stack.port("proxy")},
        },
        **({"email": settings.email} if settings.email else {}),
        **({"ca": settings.acme_directory} if settings.acme_directory else {}),
    }
    return {"tls": _automated(stack, issuer)}


def _automated(stack: Stack, issuer: Json) -> Json:
    names = list(stack.environment.proxy.hosts)
    policies = [{"subjects": names, "issuers": [issuer]}]
    return {"automation": {"policies": policies}, "certificates": {"automate": names}}
