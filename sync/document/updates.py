"""What an update is about, read from its bytes; and the buffer that keeps causal order.

pycrdt 0.14.13 leaves wrong text when updates are applied out of causal order,
so nothing is applied before all that it builds on is there. Format: Yjs update
version 1 (yjs `UpdateDecoder.js`, `Item.js`, lib0 `decoding.js`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import ParamSpec, TypeVar

import pycrdt

from sync.document.keystrokes import read_keystroke
from sync.document.runs import JOINABLE, join_runs
from sync.document.structs import Reader, UpdateHeader, read_parent, skip_content
from sync.errors import InvalidUpdate

P = ParamSpec("P")
T = TypeVar("T")

EMPTY_UPDATE = b"\x00\x00"
"""An update that says nothing: no structs, no deletions."""

MAX_PENDING_BYTES = 64 * 1024 * 1024
"""Updates that wait for a gap to close may hold this much; then the oldest go.

Losing one is harmless: the sync step 2 that closes the gap holds it too.
"""

MAX_CLOCK = (1 << 31) - 1
"""pycrdt counts clocks in 32 bits and wraps around; nobody types as much."""

MAX_PARENTS = 20_000
"""Shared types with something in them, in one document.

None can be nested deeper than there are others, and pycrdt deletes by recursion, about
270 bytes of stack a level: 30,000 end a process whose stack has 8 MB.
"""

LONG = 500
"""Structs in a row that could be one; if there are more `sync.document.runs` joins them first."""


def guarded(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run pycrdt on bytes from outside. Raises `InvalidUpdate`."""
    try:
        return work(*args, **kwargs)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a pycrdt panic is no Exception  # noqa: BLE001
        raise InvalidUpdate(str(error)) from None


def read_header(update: bytes) -> UpdateHeader:
    """Return what `update` brings and needs.

    Raises `InvalidUpdate` if it is no Yjs update of version 1, or one that Yjs or
    pycrdt could not take in. pycrdt itself is asked last: it reads faster, but is
    led astray by depths and counts that are bounded here.
    """
    try:
        reader = Reader(update)
        header = UpdateHeader()
        five: dict[bytes, int] = {}
        for _ in range(reader.varuint()):
            _read_structs(reader, header, five)
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
    guarded(pycrdt.get_state, update)
    return header


def _read_structs(reader: Reader, header: UpdateHeader, five: dict[bytes, int]) -> None:
    """Read one client's structs; `five` has client ids by their five bytes, as most have.

    In one function, because a book has half a million structs.
    """
    count = reader.varuint()
    client = reader.varuint()
    clock = reader.varuint()
    if count and client not in header.starts:
        header.starts[client] = clock
    data, needs = reader.data, header.needs
    last: tuple[int, bytes] | None = None
    run = longest = 0
    at = reader.at
    for _ in range(count):
        info = data[at]
        at = reader.at = at + 1
        this: tuple[int, bytes] | None = None
        if info == 10:  # Skip: a gap inside the update, so the document must reach beyond it
            length = reader.varuint()
            header.starts[client] = clock + length
        elif info & 0x1F == 0:  # GC
            length = reader.varuint()
        else:
            follows = False
            right = b""
            for bit in _ORIGINS:
                if not info & bit:
                    continue
                start = at
                beside = five.get(data[at : at + 5], -1)
                if beside >= 0:
                    reader.at = at + 5
                else:
                    beside = reader.varuint()
                    if reader.at == at + 5:
                        five[data[at : at + 5]] = beside
                at = reader.at
                first = data[at]
                if first < 0x80:
                    value = first
                    at = reader.at = at + 1
                elif (second := data[at + 1]) < 0x80:
                    value = first & 0x7F | second << 7
                    at = reader.at = at + 2
                else:
                    value = reader.varuint()
                    at = reader.at
                if value >= needs.get(beside, 0):
                    needs[beside] = value + 1
                if bit == 0x80:
                    follows = value == clock - 1 and beside == client
                else:
                    right = data[start:at]
            if not info & 0xC0:
                read_parent(reader, header, info)
            kind = info & 0x1F
            if kind in JOINABLE:
                this = kind, right
                run = run + 1 if follows and this == last else 0
                longest = max(longest, run)
            length = skip_content(reader, kind)
        if not length:
            raise ValueError("there is an item without content")
        clock += length
        last = this
        at = reader.at
    header.long = header.long or longest > LONG
    if clock > MAX_CLOCK:
        raise ValueError("a clock is too large")
    if clock > header.ends.get(client, 0):
        header.ends[client] = clock


_ORIGINS = (0x80, 0x40)


def read_state_vector(state_vector: bytes) -> dict[int, int]:
    """Return the clock that each client has reached.

    Raises `InvalidUpdate` if `state_vector` is none.
    """
    try:
        reader = Reader(state_vector)
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

    def __init__(self, state_vector: Callable[[], bytes], most_parents: int = MAX_PARENTS) -> None:
        """Let no more than `most_parents` shared types have content (`MAX_PARENTS`)."""
        self._state_vector = state_vector
        self._most_parents = most_parents
        self._parents: set[tuple[int, int]] = set()
        self._unread: Callable[[], bytes] | None = None
        self._clocks: dict[int, int] = read_state_vector(state_vector())
        # By number, in the order in which they came.
        self._waiting: dict[int, tuple[UpdateHeader, bytes]] = {}
        self._waiting_bytes = 0
        self._next_number = 0
        # For each client, as a heap: which clock of it has to come before a waiting update is
        # looked at again. Behind one lost change a whole book may wait.
        self._lacking: dict[int, list[tuple[int, int]]] = {}
        self._given_up = 0
        """Updates that are named in `_lacking` only."""
        self.last_ends: dict[int, int] = {}
        """Of the update that was admitted last: each client in it and the clock after it."""

    @property
    def missing(self) -> bool:
        """Whether an update waits for one that has not come: ask for a sync step 2."""
        return bool(self._waiting)

    @property
    def waiting(self) -> list[bytes]:
        """The updates that wait, in the order in which they came."""
        return [update for _, update in self._waiting.values()]

    def resume(self, state: Callable[[], bytes]) -> None:
        """Go on from a state that the document was filled with past this buffer.

        `state` returns it as an update; it is read only if someone nests shared types.
        """
        self._clocks = read_state_vector(self._state_vector())
        self._unread = state

    def admit(self, update: bytes) -> list[bytes]:
        """Return the updates that may be applied now, in order.

        Raises `InvalidUpdate` if `update` is none; the buffer is as before then.
        """
        header = read_keystroke(update) or read_header(update)
        self.last_ends = header.ends
        if header.parents:
            if self._unread is not None:
                self._parents |= read_header(self._unread()).parents
                self._unread = None
            if len(self._parents | header.parents) > self._most_parents:
                raise InvalidUpdate("it nests too deeply")
            self._parents |= header.parents
        if header.long:
            update = join_runs(update)
        if self._lacks(header) is not None:
            self._clocks = read_state_vector(self._state_vector())
            if (lacks := self._lacks(header)) is not None:
                self._keep(header, update, lacks)
                return []
        self._advance(header)
        return [update, *self._release()] if self._waiting else [update]

    def _release(self) -> Iterator[bytes]:
        """Let through what waits no more, in the order in which it came."""
        numbers: list[int] = []
        while self._waiting:
            for client, heap in list(self._lacking.items()):
                while heap and heap[0][0] <= self._clocks.get(client, 0):
                    heappush(numbers, heappop(heap)[1])
                if not heap:
                    del self._lacking[client]
            if not numbers:
                return
            number = heappop(numbers)
            if number not in self._waiting:
                continue  # given up meanwhile
            header, update = self._waiting[number]
            if (lacks := self._lacks(header)) is not None:
                self._note_lack(number, lacks)
                continue
            del self._waiting[number]
            self._waiting_bytes -= len(update)
            self._advance(header)
            yield update
        self._lacking.clear()
        self._given_up = 0

    def _lacks(self, header: UpdateHeader) -> tuple[int, int] | None:
        """Return a client and the clock that it has to come to first; None if all is there."""
        clocks = self._clocks
        for client, start in header.starts.items():
            if start > clocks.get(client, 0):
                return client, start
        for client, clock in header.needs.items():
            if clock > clocks.get(client, 0) and clock > header.ends.get(client, 0):
                return client, clock
        return None

    def _note_lack(self, number: int, lacks: tuple[int, int]) -> None:
        client, clock = lacks
        heappush(self._lacking.setdefault(client, []), (clock, number))

    def _advance(self, header: UpdateHeader) -> None:
        for client, end in header.ends.items():
            if end > self._clocks.get(client, 0):
                self._clocks[client] = end

    def _keep(self, header: UpdateHeader, update: bytes, lacks: tuple[int, int]) -> None:
        self._waiting[self._next_number] = header, update
        self._note_lack(self._next_number, lacks)
        self._next_number += 1
        self._waiting_bytes += len(update)
        while self._waiting_bytes > MAX_PENDING_BYTES:
            _, dropped = self._waiting.pop(next(iter(self._waiting)))
            self._waiting_bytes -= len(dropped)
            self._given_up += 1
        if self._given_up > len(self._waiting):
            self._lacking.clear()
            self._given_up = 0
            for number, (waiting, _) in self._waiting.items():
                self._note_lack(number, self._lacks(waiting) or (0, 0))
