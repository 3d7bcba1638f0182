"""Reading the structs of a Yjs update without building anything.

Format: Yjs update version 1 (yjs `UpdateDecoder.js`, `Item.js`, lib0 `decoding.js`).
All methods raise `IndexError` at the end of the data and `ValueError` for what nobody
writes; `sync.document.updates` makes `InvalidUpdate` of both.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_MAX_SAFE = (1 << 53) - 1  # JavaScript's largest safe integer: Yjs reads nothing larger
_MAX_DEPTH = 64


@dataclass(slots=True)
class UpdateHeader:
    """The clocks that an update brings and those that it needs, by client id."""

    starts: dict[int, int] = field(default_factory=dict)
    """First clock brought: the document must be at this one, or beyond."""
    ends: dict[int, int] = field(default_factory=dict)
    """Clock after the last one brought."""
    needs: dict[int, int] = field(default_factory=dict)
    """Clock that must have been reached: origins, parents and deletions of others' items."""
    parents: set[tuple[int, int]] = field(default_factory=set)
    """Client and clock of each shared type that gets its first content here."""
    long: bool = False
    """Whether there are runs of structs so long that they should be joined first."""

    @property
    def empty(self) -> bool:
        """Whether the update says nothing: no struct and no deletion."""
        return not self.ends and not self.needs

    def need(self, client: int, clock: int) -> None:
        """Note that everything of `client` before `clock` must be there."""
        if clock > self.needs.get(client, 0):
            self.needs[client] = clock


class Reader:
    """lib0 decoding over bytes; `IndexError` at the end of the data."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def varuint(self) -> int:
        """Read a number of 0 to 2**53 - 1."""
        byte = self.data[self.at]
        self.at += 1
        if byte < 0x80:  # most are
            return byte
        value, shift = byte & 0x7F, 7
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value > _MAX_SAFE:
                    raise ValueError("a number is too large")
                return value
            shift += 7
            if shift > 49:
                raise ValueError("a number is too long")

    def varint(self) -> int:
        """Read a number of up to 2**53 - 1 that has a sign."""
        first = self.data[self.at]
        self.at += 1
        value = first & 0x3F
        if first >= 0x80:
            value |= self.varuint() << 6
            if value > _MAX_SAFE:
                raise ValueError("a number is too large")
        return -value if first & 0x40 else value

    def skip(self, size: int) -> None:
        """Step over `size` bytes."""
        self.at += size
        if self.at > len(self.data):
            raise IndexError

    def skip_string(self) -> None:
        """Step over a length and as many bytes."""
        self.skip(self.varuint())

    def string(self) -> bytes:
        """Read a length and as many bytes."""
        size = self.varuint()
        start = self.at
        self.skip(size)
        return self.data[start : self.at]

    def skip_any(self, depth: int = 0) -> None:
        """Step over a value of lib0's `writeAny`; `depth` is that of the arrays around it."""
        if depth > _MAX_DEPTH:
            raise ValueError("a value is nested too deeply")
        kind = self.data[self.at]
        self.at += 1
        match kind:
            case 127 | 126 | 121 | 120:  # undefined, null, false, true
                pass
            case 125:  # integer, as long as its continuation bits say
                while self.data[self.at] >= 0x80:
                    self.at += 1
                self.at += 1
            case 124:  # float32
                self.skip(4)
            case 123 | 122:  # float64, bigint
                self.skip(8)
            case 119 | 116:  # string, bytes
                self.skip_string()
            case 118:  # object
                for _ in range(self.varuint()):
                    self.skip_string()
                    self.skip_any(depth + 1)
            case 117:  # array
                for _ in range(self.varuint()):
                    self.skip_any(depth + 1)
            case _:
                raise ValueError(f"unknown value kind {kind}")


def read_origins(reader: Reader, header: UpdateHeader, info: int) -> None:
    """Step over what stands between an item's info and its content, and note it."""
    if info & 0x80:
        client = reader.varuint()
        header.need(client, reader.varuint() + 1)
    if info & 0x40:
        client = reader.varuint()
        header.need(client, reader.varuint() + 1)
    if not info & 0xC0:
        read_parent(reader, header, info)


def read_parent(reader: Reader, header: UpdateHeader, info: int) -> None:
    """Step over the type that an item without origins is in, and its key there, and note it."""
    if reader.varuint() == 1:
        reader.skip_string()
    else:
        client = reader.varuint()
        clock = reader.varuint()
        header.need(client, clock + 1)
        header.parents.add((client, clock))
    if info & 0x20:
        reader.skip_string()


def skip_content(reader: Reader, kind: int) -> int:
    """Step over an item's content and return its length in clocks."""
    match kind:
        case 1:  # deleted
            return reader.varuint()
        case 2:  # JSON
            count = reader.varuint()
            for _ in range(count):
                reader.skip_string()
            return count
        case 4:  # string, in UTF-16 units
            text = reader.string()
            if text.isascii():
                return len(text)
            return len(text.decode().encode("utf-16-le")) // 2
        case 3 | 5:  # binary, embed
            reader.skip_string()
        case 6:  # format
            reader.skip_string()
            reader.skip_string()
        case 7:  # shared type
            type_ref = reader.varuint()
            if type_ref in (3, 5):
                reader.skip_string()
            elif type_ref > 6:
                raise ValueError(f"unknown shared type {type_ref}")
        case 8:  # any
            count = reader.varuint()
            for _ in range(count):
                reader.skip_any()
            return count
        case 9:  # subdocument
            reader.skip_string()
            reader.skip_any()
        case _:
            raise ValueError(f"unknown content kind {kind}")
    return 1
