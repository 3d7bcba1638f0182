"""One run: a seed decides who writes what, and what goes wrong when; the rules hold throughout.

Every character that is ever typed is another one, so a text tells by itself what is
missing, doubled, or back from the dead.
"""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sync.client import exchange, http
from sync.client.events import Event, InStep
from sync.document.delta import Delete, Delta, Insert, Retain
from sync.types import DocumentId, Role
from tests.sync.simulator.clock import PROCESS, Stuck, VirtualLoop, virtual_clocks
from tests.sync.simulator.device import SimulatedDevice, Window
from tests.sync.simulator.disk import Disk, copy_database, faulty_disks
from tests.sync.simulator.network import Cable, Network
from tests.sync.simulator.processes import Machine, Process
from tests.sync.simulator.relay import SimulatedRelay, without_threads
from tests.sync.simulator.views import DiskView

TROUBLES = (
    "crash", "commit", "relay", "relay_commit", "drain", "unplug", "silence", "cut", "slow",
    "full", "relay_full", "clock", "role", "restore",
)  # fmt: skip
HEAL_SECONDS = 240
"""Virtual seconds in which all must be in step once nothing goes wrong any more."""
NOTICED_SECONDS = 30.0 + 2.0
"""Of silence, after which nobody calls a device online, with what a close may take."""
LET_GO_SECONDS = 30.0 + 10.0
"""Of silence, after which the relay has let go, with what its close may take."""
USERS = ("ada", "ada", "ben", "cleo")


class World:
    """Everything in one run."""

    def __init__(self, seed: int, folder: Path, templates: Path) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.trace: list[str] = []
        self.failures: list[str] = []
        self.network = Network()
        self._templates = templates
        self._letters = count()
        self._views: dict[str, DiskView] = {}
        self.typed: dict[DocumentId, set[str]] = {}
        """All characters that anybody ever typed."""
        self.struck: dict[DocumentId, set[str]] = {}
        """Those that anybody ever deleted."""
        self.documents: list[DocumentId] = []
        self.backup: Path | None = None
        self.demoted: set[tuple[str, DocumentId]] = set()
        """Users and documents in which they are no editors now."""
        self.troubles = [one for one in TROUBLES if self.rng.random() < 0.4]
        self.writing = self.rng.choice((0.3, 0.6, 0.9))
        """How often a step is somebody's typing."""
        self.pace = self.rng.choice((0.05, 0.5, 3.0, 20.0))
        """Seconds between two steps at most."""
        self.devices: list[SimulatedDevice] = []
        machine = self._machine("relay", "relay")
        self.relay = SimulatedRelay(machine, self.network, lambda: self._restart_later(self.relay))

    # Setting up

    def _machine(self, name: str, template: str) -> Machine:
        rng = random.Random(self.rng.getrandbits(64))
        return Machine(name, rng, Disk(self.folder / name, rng, self._templates / template))

    def say(self, text: str) -> None:
        self.trace.append(f"{asyncio.get_running_loop().time():10.3f} {text}")

    def fail(self, text: str) -> None:
        self.say(f"FAILURE: {text}")
        self.failures.append(text)

    async def _begin(self) -> None:
        assert self.relay.start()
        for user in sorted(set(USERS)):
            self.relay.change(lambda relay, user=user: relay.accounts.add_user(user, "-"))
        for number in range(self.rng.randint(2, len(USERS))):
            name = f"{USERS[number]}{number}"
            self.network.cables[name] = Cable(random.Random(self.rng.getrandbits(64)))
            device = SimulatedDevice(
                self._machine(name, "device"), USERS[number], self.network, self._heard,
                lambda device: self._restart_later(device),
            )  # fmt: skip
            self.devices.append(device)
            assert device.start()
        for number in range(self.rng.randint(1, 3)):
            self._create(self.devices[0], f"paper{number}")
        await self._until(
            lambda: bool(self.documents) and all(map(self._is_known, self.typed)), 120
        )
        for document_id in self.documents:
            for user in {device.user for device in self.devices} - {"ada"}:
                self._share(document_id, user, Role.EDITOR)

    def _create(self, device: SimulatedDevice, name: str) -> None:
        document_id = DocumentId(name)
        self.typed[document_id], self.struck[document_id] = set(), set()

        def made() -> None:
            self.say(f"{device.name} has made {document_id}")
            self.documents.append(document_id)

        device.create(document_id, self.rng.getrandbits(32), made)

    def _is_known(self, document_id: DocumentId) -> bool:
        relay = self.relay.relay
        return relay is not None and relay.storage.log.knows(document_id)

    def _share(self, document_id: DocumentId, user: str, role: Role | None) -> bool:
        def share(relay: Any) -> None:
            found = relay.accounts.find_user(user)
            relay.accounts.share(document_id, found[0].id, role)

        return self.relay.change(share)

    async def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        for _ in range(int(seconds * 2)):
            if condition():
                return True
            await asyncio.sleep(0.5)
        return condition()

    # Going on

    async def run(self, steps: int) -> None:
        """Live through the whole run; what is against the rules is in `failures`."""
        await self._begin()
        watching = asyncio.ensure_future(self._watch_silence())
        await self._live(steps)
        watching.cancel()

    async def _live(self, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(self.rng.random() * self.pace)
            if self.failures:
                return
            if not self.troubles or self.rng.random() < self.writing:
                self._write()
            else:
                getattr(self, "_" + self.rng.choice(self.troubles))()
            if self.rng.random() < 0.1:
                self._open_or_close()
            if self.rng.random() < 0.1:
                self._look()
        await self._heal()

    def _living(self) -> list[SimulatedDevice]:
        return [device for device in self.devices if device.process is not None]

    def _window(self, device: SimulatedDevice, document_id: DocumentId) -> Window | None:
        window = device.windows.get(document_id)
        if window is None and device.knows(document_id):
            window = device.open(document_id, self.rng.getrandbits(32))
        return window

    def _write(self) -> None:
        """Somebody types, deletes, or pastes over something."""
        living = self._living()
        if not living:
            return
        device, document_id = self.rng.choice(living), self.rng.choice(self.documents)
        window = self._window(device, document_id)
        if window is None:
            return
        text = window.document.text()
        if not text.endswith("\n"):
            return  # its first state has not come yet
        for _ in range(self.rng.choice((1, 1, 1, 5, 30))):
            self._write_once(device, document_id, window)

    def _write_once(self, device: SimulatedDevice, document_id: DocumentId, window: Window) -> None:
        characters = window.document.text()[:-1]
        at = self.rng.randint(0, len(characters))
        gone = ""
        if characters and self.rng.random() < 0.3:
            gone = characters[at : at + self.rng.choice((1, 1, 2, 10))]
        new = ""
        if not gone or self.rng.random() < 0.3:
            new = "".join(self._letter() for _ in range(self.rng.choice((1, 1, 1, 3, 40))))
        change: Delta = [Retain(_utf16(characters[:at]))] if at else []
        change += [Insert(new)] if new else []
        change += [Delete(_utf16(gone))] if gone else []
        self.typed[document_id].update(new)
        self.struck[document_id].update(gone)
        device.write(document_id, change, new, gone)

    def _letter(self) -> str:
        number = next(self._letters)
        return chr((0x20000 if number % 7 == 0 else 0x4E00) + number)

    def _open_or_close(self) -> None:
        living = self._living()
        if not living:
            return
        device = self.rng.choice(living)
        if device.windows and self.rng.random() < 0.5:
            device.close(self.rng.choice(list(device.windows)))
        elif self.rng.random() < 0.2 and len(self.typed) < 6 and device.user == "ada":
            self._create(device, f"late{len(self.typed)}")
        else:
            self._window(device, self.rng.choice(self.documents))

    # What goes wrong

    def _restart_later(self, who: SimulatedDevice | SimulatedRelay) -> None:
        self.say(f"{who.machine.name} has lost power at a commit")
        self._start_in(self.rng.random() * 4 * self.pace, who)

    def _start_in(self, seconds: float, who: SimulatedDevice | SimulatedRelay) -> None:
        def start() -> None:
            if who.process is None:
                started = who.start()
                self.say(f"{who.machine.name} {'starts' if started else 'cannot start'}")
                if not started:
                    self._start_in(1.0, who)

        asyncio.get_running_loop().call_later(seconds, start)

    def _stop(self, who: SimulatedDevice | SimulatedRelay) -> None:
        silently = self.rng.random() < 0.5
        self.say(f"{who.machine.name} {'loses power' if silently else 'is killed'}")
        who.kill(silently=silently)
        self._start_in(self.rng.random() * 10 * self.pace, who)

    def _crash(self) -> None:
        if living := self._living():
            self._stop(self.rng.choice(living))

    def _relay(self) -> None:
        if self.relay.process is not None:
            self._stop(self.relay)

    def _commit(self) -> None:
        if living := self._living():
            device = self.rng.choice(living)
            device.machine.disk.fail_at_commit = self.rng.choice(("before", "after"))

    def _relay_commit(self) -> None:
        if self.relay.process is not None:
            self.relay.machine.disk.fail_at_commit = self.rng.choice(("before", "after"))

    def _drain(self) -> None:
        if self.relay.process is not None:
            self.say("the relay drains")
            again = self.rng.random() * self.pace
            self.relay.drain(lambda: self._start_in(again, self.relay))

    def _cable(self) -> tuple[str, Cable]:
        device = self.rng.choice(self.devices)
        return device.name, device.cable

    def _unplug(self) -> None:
        name, cable = self._cable()
        if cable.up:
            self.say(f"{name} has no network")
            cable.unplug()
        else:
            self.say(f"{name} has its network back")
            cable.heal()

    def _silence(self) -> None:
        name, cable = self._cable()
        if cable.silent_since is None:
            self.say(f"nothing comes through from {name}")
            cable.silence()
        else:
            self.say(f"all comes through from {name}")
            cable.heal()

    def _cut(self) -> None:
        name, cable = self._cable()
        self.say(f"the connection of {name} is cut")
        cable.cut()

    def _slow(self) -> None:
        self._cable()[1].slowness = self.rng.choice((0.002, 0.02, 0.5, 5.0))

    def _full(self) -> None:
        disk = self.rng.choice(self.devices).machine.disk
        disk.full = not disk.full

    def _relay_full(self) -> None:
        self.relay.machine.disk.full = not self.relay.machine.disk.full

    def _clock(self) -> None:
        machine = self.rng.choice([self.relay.machine, *(one.machine for one in self.devices)])
        machine.wall_offset = self.rng.choice((-1e8, -1000.0, -1.0, 0.0, 1.0, 1000.0, 1e5))
        self.say(f"the clock of {machine.name} is {machine.wall_offset:+g} s off")

    def _role(self) -> None:
        user = self.rng.choice(sorted({device.user for device in self.devices} - {"ada"}) or [""])
        document_id = self.rng.choice(self.documents)
        if not user or document_id.startswith("late"):
            return
        lowered = (user, document_id) not in self.demoted
        role = self.rng.choice((Role.VIEWER, Role.COMMENTER, None)) if lowered else Role.EDITOR
        if self._share(document_id, user, role):
            self.say(f"{user} is {role or 'nobody'} in {document_id}")
            (self.demoted.add if lowered else self.demoted.discard)((user, document_id))

    def _restore(self) -> None:
        """Make a backup of the relay, or put the last one in the place of its data."""
        disk = self.relay.machine.disk
        if self.backup is None:
            self.say("the relay is backed up")
            self.backup = self.folder / f"backup{self.rng.getrandbits(32)}"
            copy_database(disk.path, self.backup)
        elif self.relay.process is not None:
            self.say("the relay is put back to its backup")
            self.relay.kill(silently=False)
            disk.put_back(self.backup)
            self.backup = None
            for device in self.devices:
                device.trusts_relay = False
            self._start_in(self.rng.random() * self.pace, self.relay)

    # The rules

    async def _watch_silence(self) -> None:
        """Whoever hears nothing for 30 s knows it."""
        while True:
            await asyncio.sleep(1.0)
            now = asyncio.get_running_loop().time()
            for device in self.devices:
                since = device.cable.silent_since
                silent = 0.0 if since is None else now - since
                if silent > NOTICED_SECONDS and device.online:
                    self.fail(f"{device.name} takes itself for online after {silent:.0f} s")
                if silent > LET_GO_SECONDS and not all(
                    connection.relay.lost for connection in device.cable.connections
                ):
                    self.fail(f"the relay keeps {device.name} after {silent:.0f} s")

    def _view(self, path: Path, name: str) -> DiskView:
        view = self._views.get(name)
        if view is None or view.path != path:
            if view is not None:
                view.close()
            view = self._views[name] = DiskView(path)
        return view

    def relay_text(self, document_id: DocumentId) -> str:
        """Return what the relay's disk holds."""
        return self._view(self.relay.database, "relay").text(document_id)

    def device_text(self, device: SimulatedDevice, document_id: DocumentId) -> str:
        """Return what a device's disk holds."""
        return self._view(device.database, device.name).text(document_id)

    def _heard(self, device: SimulatedDevice, event: Event) -> None:
        document_id = getattr(event, "document_id", None)
        if document_id is not None and document_id not in self.documents:
            return  # a library: nobody organises anything here
        if isinstance(event, InStep):
            self.say(f"{device.name} is in step")
        elif document_id is None:
            self.say(f"{device.name}: {event.state}")  # type: ignore[union-attr]
        for one in self.documents if document_id is None else [document_id]:
            if device.knows(one):
                self._check_status(device, one)

    def _look(self) -> None:
        """Check what all windows say just now."""
        for device in self._living():
            for document_id in self.documents:
                if device.knows(document_id):
                    self._check_status(device, document_id)

    def _check_status(self, device: SimulatedDevice, document_id: DocumentId) -> None:
        """A status never claims more than the disks hold."""
        words = device.status(document_id).text
        edits = device.on_disk.get(document_id, [])
        self._check_held(device, document_id, self.device_text(device, document_id), "its disk")
        window = device.windows.get(document_id)
        if window is not None and window.unsaved and not words.startswith(("Saving", "Cannot")):
            self.fail(f"{device.name} says {words!r} of what is only in memory")
        if words == "Saved on the relay" and device.trusts_relay and edits:
            self._check_held(device, document_id, self.relay_text(document_id), "the relay's disk")

    def _check_held(
        self, device: SimulatedDevice, document_id: DocumentId, text: str, where: str
    ) -> None:
        there = set(text)
        struck = self.struck[document_id]
        for edit in device.on_disk.get(document_id, []):
            missing, back = edit.inserted - there - struck, edit.deleted & there
            if missing or back:
                self.fail(
                    f"{device.name} calls {document_id} saved, but {where} lacks {missing or ''}"
                    f" and still has {back or ''} of it"
                )
                return

    # The end

    async def _heal(self) -> None:
        self.say("all is well again")
        self.troubles = []
        for machine in [self.relay.machine, *(device.machine for device in self.devices)]:
            machine.disk.full, machine.disk.fail_at_commit = False, None
            machine.wall_offset = 0.0
        for device in self.devices:
            device.cable.heal()
            self._start_in(0.0, device)
        self._start_in(0.0, self.relay)
        await self._until(lambda: self.relay.process is not None, 60)
        await asyncio.sleep(1.0)
        for document_id in self.documents:
            for user in sorted({device.user for device in self.devices} - {"ada"}):
                if not document_id.startswith("late"):
                    await self._until(
                        lambda one=document_id, user=user: self._share(one, user, Role.EDITOR), 60
                    )
        if not await self._until(self._at_rest, HEAL_SECONDS):
            self._explain_unrest()
            return
        self._look()
        self._check_end()

    def _reads(self, device: SimulatedDevice) -> list[DocumentId]:
        """Return the documents that a device must have."""
        if device.user == "ada":
            return self.documents
        return [one for one in self.documents if not one.startswith("late")]

    def _at_rest(self) -> bool:
        return all(
            device.online
            and all(
                device.knows(one)
                and device.at_rest(one)
                and self.device_text(device, one) == self.relay_text(one)
                for one in self._reads(device)
            )
            for device in self.devices
        )

    def _explain_unrest(self) -> None:
        for device in self.devices:
            if not device.online:
                state = device.engine.state if device.process is not None else "not running"
                self.fail(f"{device.name} does not come online: {state}")
                continue
            for one in self._reads(device):
                if not device.knows(one):
                    self.fail(f"{device.name} never gets {one}")
                    continue
                if not device.at_rest(one):
                    self.fail(f"{device.name}, {one}: {device.store.document(one)}")
                here, there = self.device_text(device, one), self.relay_text(one)
                if here != there:
                    self.fail(
                        f"{device.name}, {one}: only here {set(here) - set(there) or ''}, only on"
                        f" the relay {set(there) - set(here) or ''}, or in another order"
                    )
        if not self.failures:
            self.fail("it came to rest only in the last moment")

    def _check_end(self) -> None:
        for document_id in self.documents:
            text = self.relay_text(document_id)
            if len(set(text)) != len(text):
                self.fail(f"{document_id} holds something twice")
            edits = [
                edit for device in self.devices for edit in device.on_disk.get(document_id, [])
            ]
            inserted = {letter for edit in edits for letter in edit.inserted}
            deleted = {letter for edit in edits for letter in edit.deleted}
            expected = inserted - deleted | {"\n"}
            if set(text) != expected:
                self.fail(
                    f"{document_id} lacks {expected - set(text) or ''} and has"
                    f" {set(text) - expected or ''} too much"
                )
        for device in self.devices:
            for document_id, window in device.windows.items():
                if window.document.text() != self.relay_text(document_id):
                    self.fail(f"the window of {device.name} shows another {document_id}")

    def close(self) -> None:
        """Let go of the files."""
        for view in self._views.values():
            view.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Complaints(logging.Handler):
    """What the programs log when they are mistaken themselves."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        process = PROCESS.get()
        if record.exc_info and (process is None or process.alive):
            formatter = logging.Formatter()
            self._world.fail(f"{record.getMessage()}: {formatter.formatException(record.exc_info)}")


@contextmanager
def _patched(loop: VirtualLoop, world: World, seed: int) -> Iterator[None]:
    def disk() -> Disk | None:
        process = PROCESS.get()
        return process.machine.disk if isinstance(process, Process) else None

    state = random.getstate()
    random.seed(seed)
    complaints = _Complaints(world)
    logger = logging.getLogger("sync")
    logger.addHandler(complaints)
    try:
        with ExitStack() as stack:
            stack.enter_context(virtual_clocks(loop))
            stack.enter_context(faulty_disks(disk))
            stack.enter_context(without_threads())
            stack.enter_context(patch.object(http, "call", world.relay.call))
            stack.enter_context(patch.object(exchange, "COMPACT_AFTER", 40))
            yield
    finally:
        logger.removeHandler(complaints)
        random.setstate(state)


def simulate(seed: int, folder: Path, templates: Path, steps: int = 60) -> World:
    """Run one seed in an empty `folder`; `templates` has a new device's and a new relay's disk."""
    world = World(seed, folder, templates)
    loop = VirtualLoop(world.network.connect)

    def complain(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        world.fail(f"{context['message']}: {error!r}")

    loop.set_exception_handler(complain)
    try:
        with _patched(loop, world, seed):
            try:
                loop.run_until_complete(world.run(steps))
            except Stuck:
                world.failures.append("everybody waits, and nobody for the clock")
            _end(loop, world)
    finally:
        loop.close()
        world.close()
    return world


def _end(loop: VirtualLoop, world: World) -> None:
    loop.set_exception_handler(lambda *_: None)
    for device in world.devices:
        device.kill(silently=True)
    world.relay.kill(silently=True)
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 200))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
