"""What a program or library asks of the system that it runs on: its loader and its shared libraries.

Source: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html, for 64 bits and little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

__all__ = ["Needs", "is_elf", "needs"]

MAGIC = b"\x7fELF\x02\x01"
LOAD, DYNAMIC, INTERPRETER = 1, 2, 3
NEEDED, STRINGS = 1, 5


@dataclass(frozen=True, slots=True)
class Needs:
    """The path of the loader (empty for a library, or a program without any), and the libraries' names."""

    loader: str
    libraries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the file: its type, where it stands in the file and in memory, its length."""

    kind: int
    offset: int
    address: int
    size: int


def is_elf(data: bytes) -> bool:
    """Say whether this is a program or library for a 64-bit little-endian machine."""
    return data.startswith(MAGIC)


def needs(data: bytes) -> Needs:
    """Read what an ELF file needs.

    Raises:
        ValueError: it is damaged.
    """
    try:
        segments = list(_segments(data))
        libraries = [
            name for one in segments if one.kind == DYNAMIC for name in _libraries(data, one, segments)
        ]
    except (struct.error, StopIteration) as error:
        message = "a damaged ELF file"
        raise ValueError(message) from error
    loaders = [_text(data, one.offset) for one in segments if one.kind == INTERPRETER]
    return Needs("".join(loaders), tuple(libraries))


def _segments(data: bytes) -> list[_Segment]:
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    found = []
    for at in range(table, table + size * count, size):
        kind, _flags, offset, address, _physical, length = struct.unpack_from("<IIQQQQ", data, at)
        found.append(_Segment(kind, offset, address, length))
    return found


def _libraries(data: bytes, dynamic: _Segment, segments: list[_Segment]) -> list[str]:
    end = dynamic.offset + dynamic.size
    pairs = [struct.unpack_from("<QQ", data, at) for at in range(dynamic.offset, end, 16)]
    names = [value for tag, value in pairs if tag == NEEDED]
    if not names:
        return []
    strings = _offset(next(value for tag, value in pairs if tag == STRINGS), segments)
    return [_text(data, strings + name) for name in names]


def _offset(address: int, segments: list[_Segment]) -> int:
    """Find where in the file that stands which is loaded at an address."""
    loaded = (one for one in segments if one.kind == LOAD)
    holder = next(one for one in loaded if one.address <= address < one.address + one.size)
    return address - holder.address + holder.offset


def _text(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode()
