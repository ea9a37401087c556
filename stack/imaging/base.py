"""The layer below every image that we make: a C library, certificates, time zones, two users, one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.imaging.debian import unpacked
from stack.imaging.layer import Entry, folder, link, plain

if TYPE_CHECKING:
    from stack.sources import Place

__all__ = ["PACKAGES", "WASTE", "base"]

PACKAGES = ("base-files", "ca-certificates", "libc6", "libgcc-s1", "tzdata")

WASTE = (
    "etc/ca-certificates/*",
    "etc/d[!e]*",  # all but debian_version
    "etc/issue*",
    "etc/ld.so.conf.d/*",
    "etc/profile*",
    "etc/update-motd.d/*",
    "usr/lib/*.a",
    "usr/lib/systemd/*",
    "usr/sbin/*",
    "usr/share/base-files/*",
    "usr/share/bug/*",
    "usr/share/common-licenses/*",
    "usr/share/doc/*/[!c]*",  # all but copyright
    "usr/share/doc/*/changelog*",
    "usr/share/lintian/*",
    "usr/share/man/*",
)
"""Paths that no program reads."""

BUNDLE = "etc/ssl/certs/ca-certificates.crt"
CERTIFICATES = "usr/share/ca-certificates/"
ACCOUNTS = {
    "etc/passwd": "root:x:0:0:root:/:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


def base(place: Place) -> dict[str, Entry]:
    """Give the files of the base layer.

    Raises:
        Refused: the suite lacks a package.
        CommandFailed: apt or dpkg failed, with its own reason.
        OSError: the disk is full.
    """
    entries = unpacked(PACKAGES, WASTE, place)
    single = {path: entry for path, entry in entries.items() if path.startswith(CERTIFICATES)}
    rest = {path: entry for path, entry in entries.items() if path not in single}
    return {**rest, **_folders(), **_accounts(), **_trust(single)}


def _folders() -> dict[str, Entry]:
    """Give the merged /usr, a place for scratch files, and the one that everything of ours is mounted at."""
    merged = {name: link(f"usr/{name}") for name in ("bin", "lib", "lib64", "sbin")}
    return {**merged, "tmp": folder(0o1777), "monitoring": folder(), "usr/sbin": folder()}


def _accounts() -> dict[str, Entry]:
    return {path: plain(text.encode()) for path, text in ACCOUNTS.items()}


def _trust(single: dict[str, Entry]) -> dict[str, Entry]:
    """Put all certificates into the one file that OpenSSL and Go look for.

    Source: https://manpages.debian.org/update-ca-certificates(8)
    """
    texts = [entry.data for _, entry in sorted(single.items()) if isinstance(entry.data, bytes)]
    whole = b"".join(text.rstrip() + b"\n" for text in texts)
    return {BUNDLE: plain(whole), "usr/lib/ssl/cert.pem": link(f"/{BUNDLE}")}
