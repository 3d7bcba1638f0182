"""What safety costs: the look at each start, the long look, a salvage, a day's backup."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import time
from pathlib import Path

import pytest

from sync.document import transfer
from sync.document.delta import Insert, insert
from sync.document.document import Document
from sync.store import backup, integrity, migrations
from sync.store.migrations import DATABASE
from sync.store.store import Store
from sync.types import DocumentId, Origin, Sequence

MEGABYTES = int(os.environ.get("INKSTAND_BENCH_MB", "500"))
PAGE = 4096


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thirds documents of 100 KB with a snapshot, one third typed one change a row."""
    folder = tmp_path_factory.mktemp("library")
    chance = random.Random(1)
    words = [f"word{number}" for number in range(5_000)]
    with Store.open(folder) as store:
        document = Document(author="u1")
        updates: list[tuple[bytes, Origin]] = []
        document.on_update(lambda update, origin: updates.append((update, origin)))
        document.apply(insert(0, "\n"), Origin.COMMAND)
        for _ in range(3_000):
            document.apply(insert(document.length - 1, chance.choice(words)), Origin.VIEW)
        size = number = 0
        while size < MEGABYTES * 1_000_000:
            number += 1
            document_id = DocumentId(f"document-{number:05}")
            if number % 3:
                text = " ".join(chance.choices(words, k=12_000))
                begun = transfer.new_document("Long", "u1", [Insert(text + "\n")])
                store.create_document(document_id, "Long", begun, "u1")
                size += sum(len(update) for update, _ in begun)
                store.acknowledge(document_id, Sequence(2)).result()
                if number % 30 == 1:
                    store.compact(document_id)
            else:
                store.create_document(document_id, "Typed", updates, "u1").result()
                size += sum(len(update) + 40 for update, _ in updates)
    return folder


def timed(name: str, work: object, times: int = 1) -> None:
    assert callable(work)
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    print(f"{name}: {1000 * statistics.median(seconds):,.1f} ms (of {times})")


def test_the_look_at_start(profile: Path, tmp_path: Path) -> None:
    path = profile / DATABASE
    print(f"\n{path.stat().st_size / 1e6:,.0f} MB")
    small = tmp_path / "small"
    with Store.open(small) as store:
        store.create_document(DocumentId("one"), "One").result()
    for _ in range(2):
        timed("look at start, one document", lambda: migrations.check(small / DATABASE), 50)
        timed("look at start, large", lambda: migrations.check(path), 50)
        timed("open and close, one document", lambda: Store.open(small).close(), 20)
        timed("open and close, large", lambda: Store.open(profile).close(), 20)


def test_the_long_look(profile: Path) -> None:
    found: list[str] = []
    timed("check", lambda: found.extend(integrity.check(profile)))
    assert found == []


def test_a_backup(profile: Path) -> None:
    timed("backup", lambda: backup.back_up_daily(profile))
    shutil.rmtree(profile / backup.BACKUPS)


def test_a_salvage(profile: Path) -> None:
    path = profile / DATABASE
    data = bytearray(path.read_bytes())
    chance = random.Random(2)
    for page in chance.sample(range(1, len(data) // PAGE), 20):
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    path.write_bytes(data)
    del data

    def salvage() -> None:
        with Store.open(profile) as store:
            report = store.salvage()
        lost = sum(loss.changes for loss in report.losses)
        print(f"{len(report.losses)} of {report.documents} documents lost {lost} changes")

    timed("salvage, 20 pages broken", salvage)
