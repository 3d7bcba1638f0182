"""What an update is about, read from its bytes; and the buffer that keeps causal order.

pycrdt 0.14.13 leaves wrong text when updates are applied out of causal order,
so nothing is applied before all that it builds on is there. Format: Yjs update
version 1 (yjs `UpdateDecoder.js`, `Item.js`, lib0 `decoding.js`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sync.errors import InvalidUpdate

EMPTY_UPDATE = b"\x00\x00"
"""An update that says nothing: no structs, no deletions."""

MAX_PENDING_BYTES = 64 * 1024 * 1024
"""Updates that wait for a gap to close may hold this much; then the oldest go.

Losing one is harmless: the sync step 2 that closes the gap holds it too.
"""


@dataclass(slots=True)
class UpdateHeader:
    """The clocks that an update brings and those that it needs, by client id."""

    starts: dict[int, int] = field(default_factory=dict)
    """First clock brought: the document must be at this one, or beyond."""
    ends: dict[int, int] = field(default_factory=dict)
    """Clock after the last one brought."""
    needs: dict[int, int] = field(default_factory=dict)
    """Clock that must have been reached: origins, parents and deletions of others' items."""

    def need(self, client: int, clock: int) -> None:
        """Note that everything of `client` before `clock` must be there."""
        if clock > self.needs.get(client, 0):
            self.needs[client] = clock


class _Reader:
    """lib0 decoding over bytes; `IndexError` at the end of the data."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def varuint(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number is too long")

    def skip(self, size: int) -> None:
        self.at += size
        if self.at > len(self.data):
            raise IndexError

    def skip_string(self) -> None:
        self.skip(self.varuint())

    def string(self) -> bytes:
        size = self.varuint()
        start = self.at
        self.skip(size)
        return self.data[start : self.at]

    def skip_any(self, depth: int = 0) -> None:
        if depth > 64:
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


def read_header(update: bytes) -> UpdateHeader:
    """Return what `update` brings and needs.

    Raises `InvalidUpdate` if it is no Yjs update of version 1.
    """
    try:
        reader = _Reader(update)
        header = UpdateHeader()
        for _ in range(reader.varuint()):
            _read_structs(reader, header)
        for _ in range(reader.varuint()):
            client = reader.varuint()
            for _ in range(reader.varuint()):
                clock = reader.varuint()
                header.need(client, clock + reader.varuint())
    except IndexError:
        raise InvalidUpdate("it ends too early") from None
    except ValueError as error:
        raise InvalidUpdate(str(error)) from None
    if reader.at != len(update):
        raise InvalidUpdate("bytes follow its end")
    return header


def _read_structs(reader: _Reader, header: UpdateHeader) -> None:
    count = reader.varuint()
    client = reader.varuint()
    clock = reader.varuint()
    if count and client not in header.starts:
        header.starts[client] = clock
    for _ in range(count):
        info = reader.data[reader.at]
        reader.at += 1
        if info == 10:  # Skip: a gap inside the update, so the document must reach beyond it
            clock += reader.varuint()
            header.starts[client] = clock
        elif info & 0x1F == 0:  # GC
            clock += reader.varuint()
        else:
            _read_item_origins(reader, header, info)
            clock += _content_length(reader, info & 0x1F)
    if clock > header.ends.get(client, 0):
        header.ends[client] = clock


def _read_item_origins(reader: _Reader, header: UpdateHeader, info: int) -> None:
    if info & 0x80:
        client = reader.varuint()
        header.need(client, reader.varuint() + 1)
    if info & 0x40:
        client = reader.varuint()
        header.need(client, reader.varuint() + 1)
    if not info & 0xC0:
        if reader.varuint() == 1:
            reader.skip_string()
        else:
            client = reader.varuint()
            header.need(client, reader.varuint() + 1)
        if info & 0x20:
            reader.skip_string()


def _content_length(reader: _Reader, kind: int) -> int:
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
            return (
                len(text.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")) // 2
            )
        case 3 | 5:  # binary, embed
            reader.skip_string()
        case 6:  # format
            reader.skip_string()
            reader.skip_string()
        case 7:  # shared type
            if reader.varuint() in (3, 5):
                reader.skip_string()
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


def read_state_vector(state_vector: bytes) -> dict[int, int]:
    """Return the clock that each client has reached.

    Raises `InvalidUpdate` if `state_vector` is none.
    """
    try:
        reader = _Reader(state_vector)
        clocks = {}
        for _ in range(reader.varuint()):
            client = reader.varuint()
            clocks[client] = reader.varuint()
    except (IndexError, ValueError):
        raise InvalidUpdate("the state vector is malformed") from None
    return clocks


class CausalBuffer:
    """Lets an update through when all that it builds on has been let through.

    `state_vector` asks the document where it stands; it is called only when an
    update seems to leave a gap, because local edits move clocks unseen.
    """

    def __init__(self, state_vector: Callable[[], bytes]) -> None:
        self._state_vector = state_vector
        self._clocks: dict[int, int] = read_state_vector(state_vector())
        self._waiting: list[tuple[UpdateHeader, bytes]] = []
        self._waiting_bytes = 0

    @property
    def missing(self) -> bool:
        """Whether an update waits for one that has not come: ask for a sync step 2."""
        return bool(self._waiting)

    def admit(self, update: bytes) -> list[bytes]:
        """Return the updates that may be applied now, in order.

        Raises `InvalidUpdate` if `update` is none; the buffer is as before then.
        """
        header = read_header(update)
        if not self._fits(header):
            self._clocks = read_state_vector(self._state_vector())
            if not self._fits(header):
                self._keep(header, update)
                return []
        ready = [update]
        self._advance(header)
        while self._waiting:
            for number, (waiting, data) in enumerate(self._waiting):
                if self._fits(waiting):
                    del self._waiting[number]
                    self._waiting_bytes -= len(data)
                    self._advance(waiting)
                    ready.append(data)
                    break
            else:
                break
        return ready

    def _fits(self, header: UpdateHeader) -> bool:
        clocks = self._clocks
        for client, start in header.starts.items():
            if start > clocks.get(client, 0):
                return False
        for client, clock in header.needs.items():
            if clock > clocks.get(client, 0) and clock > header.ends.get(client, 0):
                return False
        return True

    def _advance(self, header: UpdateHeader) -> None:
        for client, end in header.ends.items():
            if end > self._clocks.get(client, 0):
                self._clocks[client] = end

    def _keep(self, header: UpdateHeader, update: bytes) -> None:
        self._waiting.append((header, update))
        self._waiting_bytes += len(update)
        while self._waiting_bytes > MAX_PENDING_BYTES:
            _, dropped = self._waiting.pop(0)
            self._waiting_bytes -= len(dropped)
