"""Connections in memory that delay, stall, break, and break for one side only.

Like TCP: what arrives arrives in order and once, in pieces of any size. Connections
themselves come twice: a side that has not heard of the end keeps the old one beside the new.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from tests.sync.simulator.clock import PROCESS, Running, within

_END = object()
_RESET = object()


class Cable:
    """The way between one device and the relay."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.up = True
        """Without, there is no network, and the device knows it."""
        self._silent_since: float | None = None
        self.slowness = 0.02
        """Seconds that something takes at most."""
        self.connections: list[_Connection] = []

    @property
    def silent_since(self) -> float | None:
        """Since when nothing comes through, which nobody is told; None if all does."""
        return self._silent_since

    @property
    def passes(self) -> bool:
        """Whether something that is sent now arrives."""
        return self.up and self._silent_since is None

    def latency(self) -> float:
        """Return how long something takes now."""
        return self.rng.random() * self.slowness

    def silence(self) -> None:
        """Let nothing through from now on."""
        if self._silent_since is None:
            self._silent_since = asyncio.get_running_loop().time()

    def unplug(self) -> None:
        """Take the network away: the device's side knows at once, the relay's does not."""
        self.up = False
        for connection in tuple(self.connections):
            connection.break_off(tell=(connection.device,))

    def heal(self) -> None:
        """Let everything through again, late."""
        self.up = True
        self._silent_since = None
        self.slowness = 0.02
        for connection in tuple(self.connections):
            connection.go_on()

    def cut(self) -> None:
        """Break all connections, and tell both sides, or one, or nobody."""
        for connection in tuple(self.connections):
            ends = (connection.device, connection.relay)
            connection.break_off(tell=self.rng.choice(((), ends[:1], ends[1:], ends)))


class _Connection:
    def __init__(self, cable: Cable, device: Running, relay: Running) -> None:
        self.cable = cable
        self.device = _End(self, device)
        self.relay = _End(self, relay)
        self.device.peer, self.relay.peer = self.relay, self.device
        self.broken = False
        """Nothing goes through any more, though an end may not know."""
        cable.connections.append(self)

    def go_on(self) -> None:
        for end in (self.device, self.relay):
            end.deliver_soon()

    def break_off(self, tell: tuple[_End, ...]) -> None:
        self.broken = True
        for end in tell:
            end.lose_later(ConnectionResetError())

    def ended(self) -> None:
        if self.device.lost and self.relay.lost and self in self.cable.connections:
            self.cable.connections.remove(self)


class _End(asyncio.Transport):
    """One end; what is written to it waits in `_out` until it is delivered to the other."""

    peer: _End

    def __init__(self, connection: _Connection, process: Running) -> None:
        super().__init__()
        self._connection = connection
        self._cable = connection.cable
        self._loop = asyncio.get_running_loop()
        self.process = process
        self._context: Context = within(process, copy_context)
        self._protocol: Any = None
        self._out: deque[Any] = deque()
        self._delivery: asyncio.TimerHandle | None = None
        self._reading = True
        self._closing = False
        self._writing_paused = False
        self.lost = False

    def begin(self, protocol: Any) -> None:
        self._protocol = protocol
        self._context.copy().run(protocol.connection_made, self)

    # Sending

    def write(self, data: Any) -> None:
        if self._closing or not self.process.alive:
            return
        if data:
            self._out.append(bytes(data))
        if self._connection.broken:
            # Who answers at the other end does not know this connection; or nobody answers.
            if self._cable.passes and self._cable.rng.random() < 0.5:
                self.lose_later(ConnectionResetError())
            return
        self.deliver_soon()
        if self.get_write_buffer_size() > 65_536 and not self._writing_paused:
            self._writing_paused = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def get_write_buffer_size(self) -> int:
        return sum(len(piece) for piece in self._out if isinstance(piece, bytes))

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self._out.append(_END)
        self.deliver_soon()

    def deliver_soon(self) -> None:
        if (
            self._delivery is None
            and self._out
            and self.peer._reading
            and self._cable.passes
            and not self._connection.broken
        ):
            self._delivery = self._loop.call_later(
                self._cable.latency(), self._deliver, context=self.peer._context.copy()
            )

    def _deliver(self) -> None:
        self._delivery = None
        if self._connection.broken or not (self._cable.passes and self.peer._reading):
            return
        data = b""
        while self._out and isinstance(self._out[0], bytes):
            data += self._out.popleft()
        if len(data) > 1 and self._cable.rng.random() < 0.3:
            cut = self._cable.rng.randrange(1, len(data))
            self._out.appendleft(data[cut:])
            data = data[:cut]
        last = self._out.popleft() if self._out and not isinstance(self._out[0], bytes) else None
        if self._writing_paused and not self._out:
            self._writing_paused = False
            self._context.copy().run(self._protocol.resume_writing)
        self.peer.receive(data, last)
        self.deliver_soon()

    # Receiving

    def receive(self, data: bytes, last: object) -> None:
        """Take what has come; runs as a part of this end's process."""
        if self._closing or not self.process.alive:
            return
        if data:
            self._protocol.data_received(data)
        if last is _RESET:
            self.lose(ConnectionResetError())
        elif last is _END and not self._closing and not self._protocol.eof_received():
            self.close()

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        self.peer.deliver_soon()

    def is_reading(self) -> bool:
        return self._reading

    # Ending

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._out.append(_END)
            self.deliver_soon()
            self._end(None)

    def abort(self) -> None:
        if not self._closing:
            while self._out and self._cable.rng.random() < 0.5:
                self._out.pop()
            self._out.append(_RESET)
            self.deliver_soon()
            self._end(None)

    def lose_later(self, error: Exception) -> None:
        self._loop.call_later(self._cable.latency(), self.lose, error, context=self._context.copy())

    def lose(self, error: Exception | None) -> None:
        if not self._closing:
            self._out.clear()
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        self._closing = True
        self._loop.call_soon(self._tell, error, context=self._context.copy())

    def _tell(self, error: Exception | None) -> None:
        self.lost = True
        self._connection.ended()
        self._protocol.connection_lost(error)

    def process_died(self, *, silently: bool) -> None:
        """The process is gone: with it this end, of which a living machine tells the other."""
        if silently or self._connection.broken:
            self._connection.broken = True
        elif not self._closing:
            self._out.append(self._cable.rng.choice((_END, _RESET)))
            self.deliver_soon()
        if not self._closing:
            self._end(ConnectionResetError())  # for what is left of it to unwind

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def get_protocol(self) -> Any:
        return self._protocol


class Network:
    """Everybody's cables, and who answers at the relay's address."""

    def __init__(self) -> None:
        self.cables: dict[str, Cable] = {}
        self.relay: Running | None = None
        """Who answers there; None while the process does not run."""
        self.relay_machine_on = True
        self.accept: Callable[[], Any] | None = None

    async def connect(self, factory: Callable[[], Any]) -> tuple[Any, Any]:
        """Connect the calling device to the relay. Raises `OSError`."""
        device = PROCESS.get()
        assert device is not None
        cable = self.cables[device.machine.name]
        await asyncio.sleep(cable.latency())
        if not cable.up:
            raise OSError(101, "Network is unreachable")
        if cable.silent_since is not None or not self.relay_machine_on:
            await asyncio.sleep(130.0)
            raise TimeoutError
        relay, accept = self.relay, self.accept
        if relay is None or accept is None:
            raise ConnectionRefusedError(111, "Connection refused")
        connection = _Connection(cable, device, relay)
        connection.relay.begin(within(relay, accept))
        protocol = factory()
        connection.device.begin(protocol)
        return connection.device, protocol

    def process_died(self, process: Running, *, silently: bool) -> None:
        """End all connections of a process."""
        for cable in self.cables.values():
            for connection in tuple(cable.connections):
                for end in (connection.device, connection.relay):
                    if end.process is process:
                        end.process_died(silently=silently)
