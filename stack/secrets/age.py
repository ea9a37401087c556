"""age: a file in git that only the private keys of its recipients open.

Source: https://age-encryption.org/v1
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from stack.places import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyrage import Identity, Recipient

__all__ = ["Closed", "identities", "key_file", "new_key", "opened", "recipients", "recipients_file", "sealed"]

SSH = b"-----BEGIN "


class Closed(Exception):
    """A file that cannot be opened or sealed; the text says why, and tells nothing of its content."""


def key_file() -> Path:
    """Give the file of whoever is at work here: that of MONITORING_AGE_KEY_FILE, or the usual one."""
    if named := os.environ.get("MONITORING_AGE_KEY_FILE"):
        return Path(named).expanduser()
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return home / "monitoring" / "age.key"


def recipients_file(path: Path) -> Path:
    """Give the file that names, in the clear, for whom another one is sealed."""
    return path.with_suffix(".recipients")


def identities() -> list[Identity]:
    """Read the private keys: MONITORING_AGE_KEY itself, or those of the key file (age's, or one of SSH).

    Raises:
        Closed: there is none, or it is none, or others may read it.
    """
    if text := os.environ.get("MONITORING_AGE_KEY"):
        return _identities(text.encode(), "MONITORING_AGE_KEY")
    path = key_file()
    try:
        mode, data = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        message = f"there is no age key: {path}: {error.strerror}; name yours in MONITORING_AGE_KEY_FILE"
        raise Closed(message) from error
    if mode & 0o077:
        raise Closed(f"others may read your age key: chmod 600 {path}")
    return _identities(data, str(path))


def recipients(path: Path) -> list[Recipient]:
    """Read for whom a file is sealed: a public key of age or SSH a line, beside comments.

    Raises:
        Closed: there is none, or a line is none.
    """
    place = recipients_file(path)
    try:
        lines = place.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{shown(place)}, which names who may read it, is not there; `invoke secrets.init` makes it"
        raise Closed(message) from error
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
    found = [
        _recipient(line, f"{shown(place)}:{number}") for number, line in numbered if line and line[0] != "#"
    ]
    if not found:
        raise Closed(f"{shown(place)} names nobody; `invoke secrets.init` adds you")
    return found


def opened(path: Path) -> str:
    """Decrypt a file.

    Raises:
        Closed: with the reason.
    """
    import pyrage

    keys = identities()
    try:
        text: str = pyrage.decrypt(path.read_bytes(), keys).decode()
    except OSError as error:
        raise Closed(f"{shown(path)}: {error.strerror}") from error
    except (pyrage.DecryptError, UnicodeDecodeError) as error:
        reason = (
            "none of your age keys opens it; let somebody whom it opens for add yours"
            if "No matching keys" in str(error)
            else "is damaged, or no age file; take it from git again"
        )
        raise Closed(f"{shown(path)}: {reason}") from error
    return text


def sealed(text: str, whom: Sequence[Recipient]) -> bytes:
    """Encrypt a text, as lines of ASCII, so that git and reviews can carry it."""
    import pyrage

    data: bytes = pyrage.encrypt(text.encode(), list(whom), armored=True)
    return data


def new_key() -> tuple[str, str]:
    """Make a private key, and give it with its public half."""
    from pyrage import x25519

    made = x25519.Identity.generate()
    return str(made), str(made.to_public())


def _identities(data: bytes, where: str) -> list[Identity]:
    from pyrage import IdentityError, ssh, x25519

    try:
        if data.startswith(SSH):
            return [ssh.Identity.from_buffer(data)]
        lines = [line.strip() for line in data.decode().splitlines()]
        found: list[Identity] = [x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except (IdentityError, UnicodeDecodeError) as error:
        raise Closed(f"{where} is no age key (AGE-SECRET-KEY-1…) and no private key of SSH") from error
    if not found:
        raise Closed(f"{where} holds no age key")
    return found


def _recipient(line: str, where: str) -> Recipient:
    from pyrage import RecipientError, ssh, x25519

    kind = ssh if line.startswith("ssh-") else x25519
    try:
        return kind.Recipient.from_str(line)
    except RecipientError as error:
        raise Closed(f"{where}: is no public key of age (age1…) or SSH (ssh-ed25519 …)") from error
