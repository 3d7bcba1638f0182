"""One run: a seed decides who writes what, and what goes wrong when; the rules hold throughout.

Every character that is ever typed is another one, so a text tells by itself what is
missing, doubled, or back from the dead. So are comments and folders.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sync.client import exchange, http
from sync.client.events import Event, InStep
from sync.document.delta import Delete, Delta, Insert, Retain
from sync.document.document import Document
from sync.document.review import Review, State
from sync.document.undo import UndoHistory
from sync.types import DocumentId, Origin, Role, comments_id, library_id
from tests.sync.simulator.beside import Beside, utf16
from tests.sync.simulator.clock import PROCESS, Stuck, VirtualLoop, virtual_clocks
from tests.sync.simulator.device import Deeds, SimulatedDevice, Window
from tests.sync.simulator.disk import Disk, copy_database, faulty_disks
from tests.sync.simulator.network import Cable, Network
from tests.sync.simulator.processes import Machine, Process
from tests.sync.simulator.relay import SimulatedRelay, without_threads
from tests.sync.simulator.views import NOTHING, Content, DiskView, content_of

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
        self.begun: list[DocumentId] = []
        """All texts that anybody ever made."""
        self.documents: list[DocumentId] = []
        """Those of them that came to the disk."""
        self.backup: Path | None = None
        self.demoted: set[tuple[str, DocumentId]] = set()
        """Users and documents in which they are no editors now."""
        self.troubles = [one for one in TROUBLES if self.rng.random() < 0.4]
        self.writing = self.rng.choice((0.3, 0.6, 0.9))
        """How often a step is somebody's typing."""
        self.pace = self.rng.choice((0.05, 0.5, 3.0, 20.0))
        """Seconds between two steps at most."""
        self.besides = Beside(self.rng, self._letter)
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
            device.undoes = self.rng.random() < 0.5
            self.devices.append(device)
            assert device.start()
        for number in range(self.rng.randint(1, 3)):
            self._create(self.devices[0], f"paper{number}")
        await self._until(
            lambda: bool(self.documents) and all(map(self._is_known, self.begun)), 120
        )
        for document_id in self.documents:
            for user in {device.user for device in self.devices} - {"ada"}:
                self._share(document_id, user, Role.EDITOR)

    def _create(self, device: SimulatedDevice, name: str) -> None:
        document_id = DocumentId(name)
        self.begun.append(document_id)

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
        text = window.document
        assert isinstance(text, Document)
        if not text.text().endswith("\n"):
            return  # its first state has not come yet
        for _ in range(self.rng.choice((1, 1, 1, 5, 30))):
            kind = self.rng.random()
            if kind < 0.2:
                self._comment(device, document_id)
            elif kind < 0.3:
                self.besides.organise(device)
            elif kind < 0.45 and device.undoes:
                self._undo(device, document_id, window, text)
            else:
                self._write_once(device, document_id, window, text)

    def _write_once(
        self, device: SimulatedDevice, document_id: DocumentId, window: Window, text: Document
    ) -> None:
        characters = text.text()[:-1]
        at = self.rng.randint(0, len(characters))
        gone = ""
        if characters and self.rng.random() < 0.3:
            gone = characters[at : at + self.rng.choice((1, 1, 2, 10))]
        if device.undoes:
            own = device.deeds[document_id].inserted
            gone = gone[: next((n for n, one in enumerate(gone) if one not in own), len(gone))]
        new = ""
        if not gone or self.rng.random() < 0.3:
            new = "".join(self._letter() for _ in range(self.rng.choice((1, 1, 1, 3, 40))))
        change: Delta = [Retain(utf16(characters[:at]))] if at else []
        change += [Insert(new)] if new else []
        change += [Delete(utf16(gone))] if gone else []
        if self.rng.random() < 0.5:
            text.undo_history.end_step()
        device.do(window, lambda: text.apply(change, Origin.VIEW))

    def _comment(self, device: SimulatedDevice, document_id: DocumentId) -> None:
        """Somebody says something; nobody takes back what others said."""
        self.besides.comment(device, document_id)
        deeds = device.deeds[comments_id(document_id)]
        if others := deeds.deleted - deeds.inserted:
            self.fail(f"{device.name} takes {others} out of the comments of {document_id}")

    def _undo(
        self, device: SimulatedDevice, document_id: DocumentId, window: Window, text: Document
    ) -> None:
        """Somebody takes back what they did here, or brings it back; nothing else may move."""
        before = text.text()
        device.do(window, text.undo if self.rng.random() < 0.7 else text.redo)
        after = text.text()
        gone, back = set(before) - set(after), set(after) - set(before)
        deeds = device.deeds[document_id]
        if not (gone <= deeds.inserted and back <= deeds.deleted):
            self.fail(f"undo on {device.name} takes {gone} and brings {back} in {document_id}")
        if [one for one in before if one not in gone] != [one for one in after if one not in back]:
            self.fail(f"undo on {device.name} moves what it is not about in {document_id}")

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
        elif self.rng.random() < 0.2 and len(self.begun) < 6 and device.user == "ada":
            self._create(device, f"late{len(self.begun)}")
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

    def on_relay(self, document_id: DocumentId) -> Content:
        """Return what the relay's disk holds."""
        return self._view(self.relay.database, "relay").content(document_id)

    def on_device(self, device: SimulatedDevice, document_id: DocumentId) -> Content:
        """Return what a device's disk holds."""
        return self._view(device.database, device.name).content(document_id)

    def _heard(self, device: SimulatedDevice, event: Event) -> None:
        document_id = getattr(event, "document_id", None)
        if document_id is not None and document_id not in self._checked(device):
            return
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
            for document_id in self._checked(device):
                if device.knows(document_id):
                    self._check_status(device, document_id)

    def _checked(self, device: SimulatedDevice) -> Iterable[DocumentId]:
        """Return all texts, and what a device has said beside them."""
        return dict.fromkeys([*self.documents, *device.on_disk])

    def _check_status(self, device: SimulatedDevice, document_id: DocumentId) -> None:
        """A status never claims more than the disks hold."""
        words = device.status(document_id).text
        self._check_held(device, document_id, self.on_device(device, document_id), "its disk")
        window = device.windows.get(document_id)
        if window is not None and window.unsaved and not words.startswith(("Saving", "Cannot")):
            self.fail(f"{device.name} says {words!r} of what is only in memory")
        if words == "Saved on the relay" and device.trusts_relay:
            self._check_held(device, document_id, self.on_relay(document_id), "the relay's disk")

    def _check_held(
        self, device: SimulatedDevice, document_id: DocumentId, content: Content, where: str
    ) -> None:
        wanted = device.on_disk.get(document_id)
        if not wanted:
            return
        there = set(content.tokens)
        missing = {token for token, stays in wanted.items() if stays and token not in there}
        back = {token for token, stays in wanted.items() if not stays and token in there}
        for deeds in self._deeds(document_id, but=device) if missing or back else ():
            missing -= deeds.deleted
            back -= deeds.revived
        if missing or back:
            self.fail(
                f"{device.name} calls {document_id} saved, but {where} lacks {missing or ''}"
                f" and still has {back or ''} of it"
            )

    def _deeds(
        self, document_id: DocumentId, but: SimulatedDevice | None = None
    ) -> Iterator[Deeds]:
        """Yield what was done to a document on each device, or each `but` one."""
        for device in self.devices:
            if device is not but and document_id in device.deeds:
                yield device.deeds[document_id]

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
        texts = [one for one in self.documents if device.user == "ada" or one[:4] != "late"]
        implied = [comments_id(one) for one in texts]
        if device.user_id is not None:
            implied.append(library_id(device.user_id))
        return texts + [
            one for one in implied if self.on_relay(one) != NOTHING or device.on_disk.get(one)
        ]

    def _at_rest(self) -> bool:
        return all(
            device.online
            and all(
                device.knows(one)
                and device.at_rest(one)
                and self.on_device(device, one) == self.on_relay(one)
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
                here, there = self.on_device(device, one), self.on_relay(one)
                if here != there:
                    tokens, theirs = set(here.tokens), set(there.tokens)
                    self.fail(
                        f"{device.name}, {one}: only here {tokens - theirs or ''}, only on the"
                        f" relay {theirs - tokens or ''}, or in another order"
                    )
        if not self.failures:
            self.fail("it came to rest only in the last moment")

    def _check_end(self) -> None:
        kept = dict.fromkeys(one for device in self.devices for one in self._checked(device))
        for document_id in kept:
            there = self.on_relay(document_id).tokens
            if len(set(there)) != len(there):
                self.fail(f"{document_id} holds something twice")
            wanted, free = self._wanted(document_id)
            lacks, too_much = wanted - set(there), set(there) - wanted - free
            if lacks or too_much:
                self.fail(f"{document_id} lacks {lacks or ''} and has {too_much or ''} too much")
        for document_id in self.documents:
            self._check_suggestions(document_id)
        for device in self.devices:
            for document_id, window in device.windows.items():
                shown, there = content_of(window.document), self.on_relay(document_id)
                if shown.tokens and shown.whole != there.whole:
                    self.fail(f"the window of {device.name} shows another {document_id}")

    def _check_suggestions(self, document_id: DocumentId) -> None:
        """What is called accepted has come into the text, and nothing else of suggestions has."""
        view = self._view(self.relay.database, "relay")
        text, comments = view.with_comments(document_id)
        review = Review(text, comments)
        ever = {letter for one in self.devices for letter in one.on_disk.get(document_id, ())}
        for thread in comments.threads():
            if thread.suggestion is not None:
                words = "".join(str(part.content) for part in thread.suggestion.replacement)
                taken = review.state(thread.id) in (State.ACCEPTED, State.REMOVED)
                if taken != (set(words) <= ever):
                    self.fail(f"{words} is {review.state(thread.id)} in {document_id}")

    def _wanted(self, document_id: DocumentId) -> tuple[set[str], set[str]]:
        """Return what is to be in a document in the end, and what may or may not be there."""
        said: dict[str, list[bool]] = {}
        free = set[str]()
        for device in self.devices:
            # Who takes out what somebody else brings back at that moment, may come first or last.
            others = self._deeds(document_id, but=device)
            revived = {token for deeds in others for token in deeds.revived}
            for token, stays in device.on_disk.get(document_id, {}).items():
                said.setdefault(token, []).append(stays)
                if token in revived:
                    free.add(token)
        wanted = {token for token, words in said.items() if all(words)} - free
        return (wanted | {"\n"} if document_id in self.documents else wanted), free

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
            stack.enter_context(patch.object(UndoHistory.__init__, "__defaults__", (loop.time,)))
            stack.enter_context(
                patch.object(uuid, "uuid4", lambda: uuid.UUID(int=random.getrandbits(128)))
            )
            stack.enter_context(
                patch.object(secrets, "token_hex", lambda n: random.randbytes(n).hex())
            )
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
