"""A real library to be damaged, backed up and exported, and the ways in which disks fail."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from sync.document import transfer
from sync.document.delta import Insert, insert
from sync.document.document import Document
from sync.store.migrations import DATABASE
from sync.store.store import Store
from sync.types import DocumentId, Origin, Role

PAGE = 4096
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU"
    b"\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82"
)


def fill(store: Store, documents: int, seed: int = 1) -> None:
    """Write documents as people do: typed here, come from elsewhere, sent, waiting, refused."""
    chance = random.Random(seed)
    words = [
        "paper",
        "tide",
        "Käse",
        "夜",
        "quay",
        "👩\u200d🚀",
        "lantern",
        "of",
        "the",
        "and",
        "letter",
    ]
    store.set_account("ws://relay.example", "u1", "Ada").result()
    for number in range(documents):
        document_id = DocumentId(f"document-{number:04}")
        title = f"Title {number}"
        text = " ".join(chance.choices(words, k=chance.choice([3, 40, 2000])))
        begun = transfer.new_document(title, "u1", [Insert(text + "\n")])
        store.create_document(document_id, title, begun, "u1")
        document = Document.load(None, [update for update, _ in begun], author="u1")
        updates: list[tuple[bytes, Origin]] = []
        document.on_update(lambda update, origin, to=updates: to.append((update, origin)))
        for _ in range(chance.randint(0, 25)):
            at = chance.randint(0, document.length - 1)
            document.apply(insert(document.length - 1, chance.choice(words)), Origin.VIEW)
            del at
        last = len(begun)
        for update, origin in updates:
            if chance.random() < 0.3:
                store.append_remote(document_id, update)
            else:
                store.append_local(document_id, update, origin, "u1")
            last += 1
        if chance.random() < 0.7:
            store.acknowledge(document_id, chance.randint(0, last))  # type: ignore[arg-type]
            store.set_role(document_id, chance.choice(list(Role)[:2]))
        if chance.random() < 0.1:
            store.refuse(document_id, last, "no")  # type: ignore[arg-type]
    store.add_attachment(PNG)
    store.rename_document(DocumentId("document-0000"), "Title 0").result()
    for number in range(0, documents, 3):
        store.compact(DocumentId(f"document-{number:04}"))


def make(folder: Path, documents: int) -> tuple[Path, Path]:
    """Return two profiles of the same library: closed, and as a crash leaves it, with a log."""
    closed, crashed = folder / "closed", folder / "crashed"
    with Store.open(closed) as store:
        fill(store, documents)
        # On the thread that writes, so that nothing is written meanwhile.
        store.database.submit(lambda _: shutil.copytree(closed, crashed)).result()
    return closed, crashed


def _bytes(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 10, 300])):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _garbage(data: bytearray, chance: random.Random) -> None:
    for page in _some_pages(data, chance):
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)


def _zeros(data: bytearray, chance: random.Random) -> None:
    for page in _some_pages(data, chance):
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _swap(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 5])):
        one, other = (
            slice(page * PAGE, (page + 1) * PAGE)
            for page in chance.sample(range(len(data) // PAGE), 2)
        )
        data[one], data[other] = data[other], data[one]


def _some_pages(data: bytearray, chance: random.Random) -> list[int]:
    pages = len(data) // PAGE
    return chance.sample(range(pages), min(pages, chance.choice([1, 3, pages // 5 + 1])))


DAMAGE: dict[str, Callable[[bytearray, random.Random], None]] = {
    "bytes": _bytes,
    "garbage": _garbage,
    "zeros": _zeros,
    "cut": _cut,
    "swap": _swap,
}


def damage(profile: Path, kind: str, seed: int) -> None:
    """Spoil a profile's database, or its log if it has one and the seed says so."""
    chance = random.Random(f"{kind} {seed}")
    log = profile / f"{DATABASE}-wal"
    path = log if log.exists() and chance.random() < 0.5 else profile / DATABASE
    data = bytearray(path.read_bytes())
    DAMAGE[kind](data, chance)
    path.write_bytes(data)
    # The index of the log is made anew, as after a crash of the machine.
    (profile / f"{DATABASE}-shm").unlink(missing_ok=True)
