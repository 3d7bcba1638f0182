"""One WebSocket from its handshake on, without a socket: bytes in, messages and bytes out.

Nearly all that clients send is a binary message in one frame that has come whole. Those are
read here, at a third of the cost; all else goes to the library, which also says what is wrong.
A test holds both to the same (tests/sync/relay/test_websocket.py).
"""

from __future__ import annotations

from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN, SERVER, Protocol

try:
    from websockets.speedups import apply_mask
except ImportError:  # no wheel for this machine: the library does without, too
    from websockets.utils import apply_mask

_MESSAGE = 0x82
"""The first byte of a binary message in one frame."""


class WebSocket:
    """What has come from a client and was not read yet, and what the library says to it."""

    def __init__(self, max_size: int) -> None:
        """Take messages of at most `max_size` bytes."""
        self._max_size = max_size
        self._data = b""
        self._at = 0
        """How much of it was read."""
        self._owed = 0
        """Bytes that are still to come of a frame whose beginning the library has."""
        self._pieces: bytearray | None = None
        """What has come of a message in several frames."""
        self._kept: Protocol | None = None

    @property
    def _library(self) -> Protocol:
        if self._kept is None:  # few sockets need it before they are closed
            self._kept = Protocol(SERVER, state=OPEN, max_size=self._max_size)
        return self._kept

    # Receiving

    def feed(self, data: bytes) -> None:
        """Take bytes from the socket; those behind the end are dropped."""
        if self.is_open:
            self._data = self._data[self._at :] + data if self.unread else data
            self._at = 0

    @property
    def unread(self) -> bool:
        """Whether there are bytes that were not read; they may be the beginning of a frame."""
        return self._at < len(self._data)

    def read(self) -> bytes | Frame | None:
        """Return the next message, or a frame that makes none: a piece, a ping; or a text.

        Read nothing behind a text, which is nothing that a client sends.
        None if nothing more has come whole, or what has come is wrong.
        """
        data, at = self._data, self._at
        left = len(data) - at
        if self._owed:
            return self._give(min(self._owed, left)) if left else None
        if left < 2:
            return None
        first, size = data[at], data[at + 1] - 0x80
        start = at + 6 if size < 126 else at + 8 if size == 126 else at + 14
        if size < 0:  # it is not masked, which ends it all
            return self._give(left)
        if start > len(data):
            return None
        if size > 125:
            size = int.from_bytes(data[at + 2 : start - 4])
        end = start + size
        whole = end <= len(data)
        if first == _MESSAGE and whole and self._pieces is None and size <= self._max_size:
            self._at = end
            return apply_mask(data[start:end], data[start - 4 : start])
        self._owed = end - at
        return self._give(end - at if whole else left)

    def _give(self, count: int) -> bytes | Frame | None:
        """Let the library have some bytes, of one frame at most."""
        library = self._library
        library.receive_data(self._data[self._at : self._at + count])
        self._at += count
        self._owed -= count
        if not self.is_open:  # what follows the end is nothing to anybody
            self.drop()
        for frame in library.events_received():
            assert isinstance(frame, Frame)
            return self._assembled(frame)
        return None

    def drop(self) -> None:
        """Read nothing of what has come."""
        self._data, self._at, self._owed = b"", 0, 0

    def _assembled(self, frame: Frame) -> bytes | Frame:
        """Return the message that is whole with a frame, else the frame."""
        if frame.opcode is Opcode.BINARY and frame.fin:
            return bytes(frame.data)
        if frame.opcode is Opcode.BINARY:
            self._pieces = bytearray(frame.data)
        elif frame.opcode is Opcode.CONT and self._pieces is not None:
            self._pieces += frame.data
            if frame.fin:
                message, self._pieces = bytes(self._pieces), None
                return message
        return frame

    def receive_eof(self) -> None:
        """Nothing follows."""
        self._library.receive_eof()

    # Sending

    def data_to_send(self) -> list[bytes]:
        """Return what the library has to say, as its own method of that name does."""
        return [] if self._kept is None else self._kept.data_to_send()

    def fail(self, code: int, reason: str) -> None:
        """Send a close frame, and read nothing any more."""
        self._library.fail(code, reason)
        self.drop()

    # How it stands

    @property
    def is_open(self) -> bool:
        """Whether neither side has said that it ends."""
        return self._kept is None or self._kept.state is OPEN

    @property
    def ending(self) -> bool:
        """Whether it is our turn to hang up."""
        return self._kept is not None and self._kept.close_expected()

    @property
    def wrong(self) -> Close | None:
        """Return why the library has closed it: these were no frames, or one too large."""
        library = self._kept
        return None if library is None or library.close_rcvd is not None else library.close_sent
