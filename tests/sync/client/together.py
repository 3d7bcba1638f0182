"""Two people, two devices and a real relay."""

from __future__ import annotations

from sync.client.events import InStep, Online
from sync.document.delta import insert
from sync.document.document import Document
from sync.types import DocumentId, Origin, Role
from tests.sync.client.listening import Device, new_document
from tests.sync.relay.process import RelayProcess

PAPER = DocumentId("paper")
PASSWORD = "correct horse"


def connect(device: Device, relay: RelayProcess, name: str) -> None:
    device.engine.sign_in(relay.url, name, PASSWORD).result()
    device.engine.start()
    device.wait_for(lambda: device.engine.state == Online())


def share(relay: RelayProcess, name: str, role: Role) -> None:
    relay.admin("document", "share", PAPER, "--user", name, "--role", role)


def together(relay: RelayProcess, devices: dict[str, Device], role: Role = Role.EDITOR) -> None:
    """Have Ada write a paper and Ben read it."""
    ada, ben = devices["ada"], devices["ben"]
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    share(relay, "ben", role)
    connect(ben, relay, "ben")
    ben.wait_for(lambda: PAPER in [record.id for record in ben.store.documents()])
    ben.wait_for(lambda: ben.text_on_disk(PAPER) == "Start.\n")
    ben.wait_for_event(InStep)


def type_at(document: Document, index: int, text: str) -> None:
    for offset, character in enumerate(text):
        document.apply(insert(index + offset, character), Origin.VIEW)


def converge(*devices: Device) -> str:
    for device in devices:
        device.wait_for(lambda device=device: device.has_nothing_unsaved())
        device.wait_for(lambda device=device: device.in_step(PAPER))
    first = devices[0]
    for device in devices:
        device.wait_for(
            lambda device=device: device.text_on_disk(PAPER) == first.text_on_disk(PAPER)
        )
    return first.text_on_disk(PAPER)


def shows(device: Device, document: Document, text: str) -> bool:
    device.receive()
    return document.text() == text
