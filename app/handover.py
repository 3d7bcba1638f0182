"""Hands what a second start was asked for to the window that has the profile already.

A socket in the profile's folder, which only this user may enter, carries one line of JSON there
and an "ok" back. Nothing but an invite link, the address of a file, or nothing can be handed over.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from sync.client.invite_link import LONGEST

LARGEST = max(LONGEST, 3 * 4096) + 100
"""Bytes of a message: a path may have 4096, and each of them be written as three."""

MOST = 8
"""Who may be heard at one time."""

PATIENCE = 3_000
"""Milliseconds for the other window to answer; it may be busy."""

_LONGEST_PATH = 100
"""Bytes that a socket's path may have on every system."""


class Handover(QObject):
    """Belongs to the window's program; `arrived` tells what another start was asked for."""

    arrived = Signal(str)
    """An invite link, or a file's address; empty: only show the window."""

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        """To be made by who has the profile's lock: takes away what is left of an earlier one."""
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(MOST)
        self._server.newConnection.connect(self._welcome)
        self._guests: dict[QLocalSocket, bytes] = {}
        name = _name(data_dir)
        QLocalServer.removeServer(name)
        self._server.listen(name)

    def close(self) -> None:
        """Hear nobody any more."""
        self._server.close()

    def _welcome(self) -> None:
        while (guest := self._server.nextPendingConnection()) is not None:
            if len(self._guests) >= MOST:
                guest.abort()
                guest.deleteLater()
                continue
            self._guests[guest] = b""
            guest.readyRead.connect(lambda guest=guest: self._read(guest))
            guest.disconnected.connect(lambda guest=guest: self._forget(guest))
            self._read(guest)

    def _forget(self, guest: QLocalSocket) -> None:
        if self._guests.pop(guest, None) is not None:
            guest.deleteLater()

    def _read(self, guest: QLocalSocket) -> None:
        if guest not in self._guests:
            return
        self._guests[guest] += guest.read(LARGEST + 1).data()
        line, end, _ = self._guests[guest].partition(b"\n")
        if not end and len(line) <= LARGEST:
            return
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            if len(line) <= LARGEST:
                link = json.loads(line)["link"]
                if isinstance(link, str):
                    guest.write(b"ok\n")
                    guest.flush()
                    self.arrived.emit(link)
        guest.disconnectFromServer()


def hand_over(data_dir: Path, link: str) -> bool:
    """Give a link or a file's address ("": none) to the window that has this profile.

    Whether it has taken it.
    """
    socket = QLocalSocket()
    socket.connectToServer(_name(data_dir))
    if not socket.waitForConnected(PATIENCE):
        return False
    socket.write(json.dumps({"link": link}).encode() + b"\n")
    taken = socket.waitForBytesWritten(PATIENCE) and socket.waitForReadyRead(PATIENCE)
    return taken and socket.read(3).data() == b"ok\n"


def _name(data_dir: Path) -> str:
    """Return where the socket is: in the profile, unless that is too deep for a path."""
    path = data_dir.resolve() / "window.sock"
    if len(str(path).encode()) <= _LONGEST_PATH:
        return str(path)
    # No other user may be there first: a folder of this user's, made or not at all.
    folder = Path(tempfile.gettempdir()) / f"inkstand-{_user()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != _user() or folder.stat().st_mode & 0o077:
        return str(path)  # too long to be used: then there is no handing over
    return str(folder / hashlib.sha256(str(path).encode()).hexdigest()[:24])


def _user() -> int:
    import os

    return os.getuid() if hasattr(os, "getuid") else 0
