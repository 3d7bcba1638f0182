"""Relays that misbehave: real sockets, raw bytes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

TOKENS = {
    "user_id": "u1",
    "name": "Ada",
    "access_token": "access-token-of-ada",
    "expires_in": 900,
    "refresh_token": "refresh-token-of-ada",
    "refresh_expires_in": 604800,
}


@dataclass
class Caller:
    """One connection that asked for a WebSocket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: bytes
    """The request, up to the empty line."""

    def accept(self) -> ServerProtocol:
        """Complete the WebSocket handshake."""
        protocol = ServerProtocol()
        protocol.receive_data(self.head)
        (request,) = protocol.events_received()
        assert isinstance(request, Request)
        protocol.send_response(protocol.accept(request))
        self.flush(protocol)
        return protocol

    def send(self, protocol: ServerProtocol, opcode: Opcode, data: bytes) -> None:
        protocol.send_frame(Frame(opcode, data))
        self.flush(protocol)

    def close(self, protocol: ServerProtocol, code: int) -> None:
        self.send(protocol, Opcode.CLOSE, Close(code, "").serialize())

    async def finish(self, protocol: ServerProtocol) -> list[bytes]:
        """Answer the closing handshake; return the messages that came before."""
        messages: list[bytes] = []
        while not protocol.close_expected() and (data := await self.reader.read(65_536)):
            protocol.receive_data(data)
            messages += [
                bytes(event.data)
                for event in protocol.events_received()
                if isinstance(event, Frame) and event.opcode is Opcode.BINARY
            ]
            self.flush(protocol)
        return messages

    def flush(self, protocol: ServerProtocol) -> None:
        self.writer.writelines(data for data in protocol.data_to_send() if data)


Behaviour = Callable[[Caller], Awaitable[None]]


class FakeRelay:
    """Answers HTTP like a relay, and a WebSocket as `behaviour` says. A context manager."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.attempts = 0
        """WebSockets asked for."""
        self.answers: dict[str, tuple[int, Any]] = {
            "/api/sign-in": (200, TOKENS),
            "/api/refresh": (200, TOKENS),
            "/api/documents": (200, {"documents": []}),
        }
        self.headers = b""
        self.calls: list[str] = []
        """Paths asked for over HTTP, in order."""
        self.tokens: set[str] = set()
        """Authorization headers seen."""
        self._behaviour = behaviour
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    def __enter__(self) -> FakeRelay:
        self._thread.start()
        server = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(server, self._loop).result()
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            if b"upgrade: websocket" in lowered:
                self.attempts += 1
                await self._behaviour(Caller(reader, writer, head))
            else:
                await self._answer(head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        fields = dict(
            line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line
        )
        await reader.readexactly(int(fields.get("content-length", 0)))
        path = head.decode().split()[1]
        self.calls.append(path)
        self.tokens.add(fields.get("authorization", ""))
        status, answer = self.answers[path]
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s"
            % (status, len(body), self.headers, body)
        )
        await writer.drain()


async def hang_up(caller: Caller) -> None:
    """Close in the middle of the handshake."""
    caller.writer.write(b"HTTP/1.1 101 Swit")


async def reset(caller: Caller) -> None:
    """Cut the connection without a word."""
    caller.writer.transport.abort()


async def say_no(caller: Caller) -> None:
    """Not a WebSocket at all."""
    caller.writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


async def talk_rubbish(caller: Caller) -> None:
    """Not even HTTP."""
    caller.writer.write(b"220 mail.example.org ESMTP\r\n")


async def send_malformed(caller: Caller) -> None:
    """A frame that breaks the protocol."""
    protocol = caller.accept()
    caller.send(protocol, Opcode.BINARY, b"\xff" * 20)
    await caller.finish(protocol)


async def send_text(caller: Caller) -> None:
    """A text message in a binary protocol."""
    protocol = caller.accept()
    caller.send(protocol, Opcode.TEXT, b"hello")
    await caller.finish(protocol)


async def stay_silent(caller: Caller) -> None:
    """Open, and nothing else."""
    caller.accept()
    await caller.reader.read()


async def close_at_once(caller: Caller) -> None:
    """Open, one word (so that the connection counts as working), and close."""
    protocol = caller.accept()
    caller.send(protocol, Opcode.BINARY, b"\x0a")  # a Pong
    caller.close(protocol, 1013)
    await caller.finish(protocol)
