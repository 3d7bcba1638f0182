"""A library of 10,000 documents in 300 folders: loading, the view, and what a change costs."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable
from functools import partial

from sync.document.library import Library
from sync.document.library.view import LibraryChange
from sync.types import DocumentId, new_document_id

DOCUMENTS = 10_000
FOLDERS = 300
TIMES = 100


def organised(rng: random.Random) -> tuple[Library, list[DocumentId], list[str]]:
    library = Library()
    documents = [new_document_id() for _ in range(DOCUMENTS)]
    library.set_known(documents)
    folders = [""]
    for number in range(FOLDERS):
        folders.append(library.add_folder(f"Folder {number}", rng.choice(folders[-100:])))
    for number, folder in enumerate(folders[1:]):
        library.move(documents[number::FOLDERS], folder)
    for name in ("draft", "done", "family", "work"):
        library.tag(rng.sample(documents, 1_000), library.add_tag(name))
    library.favour(rng.sample(documents, 50))
    library.trash(rng.sample(documents, 100))
    return library, documents, folders[1:]


def measured(works: Iterable[Callable[[], object]]) -> str:
    """Run each and return median and p99 in milliseconds of this process's own time."""
    seconds = []
    for work in works:
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    seconds.sort()
    p99 = seconds[len(seconds) * 99 // 100]
    return f"{statistics.median(seconds) * 1e3:8.2f} /{p99 * 1e3:8.2f}"


def shown(library: Library, documents: list[DocumentId]) -> None:
    library.set_known(documents)
    library.view()


def test_library() -> None:
    rng = random.Random(1)
    library, documents, folders = organised(rng)
    state = library.encode_state()
    print(f"\n{DOCUMENTS:,} documents, {FOLDERS} folders: {len(state):,} bytes; median / p99 in ms")
    print(f"  load                     {measured([lambda: Library.load(state)] * 10)}")
    copies = [Library.load(state) for _ in range(10)]
    print(f"  first view               {measured(partial(shown, c, documents) for c in copies)}")

    here, there = copies[:2]
    updates: list[bytes] = []
    changes: list[LibraryChange] = []
    here.on_update(lambda update, _: updates.append(update))
    here.on_change(changes.append)
    there.on_change(changes.append)
    tag = here.view().tags[0].id
    works: dict[str, Callable[[], object]] = {
        "move a document": lambda: here.move([rng.choice(documents)], rng.choice(folders)),
        "move 100 documents": lambda: here.move(rng.sample(documents, 100), rng.choice(folders)),
        "rename a folder": lambda: here.rename_folder(rng.choice(folders), str(rng.random())),
        "add a folder": lambda: here.add_folder("new", rng.choice(folders)),
        "undo": here.undo,
        "tag a document": lambda: here.tag([rng.choice(documents)], tag),
        "rename a tag": lambda: here.rename_tag(tag, str(rng.random())),
        "trash a document": lambda: here.trash([rng.choice(documents)]),
        "favour a document": lambda: here.favour([rng.choice(documents)]),
        "open a document": lambda: here.opened(rng.choice(documents)),
    }
    for name, work in works.items():
        updates.clear()
        own = measured([work] * TIMES)
        size = sum(map(len, updates)) // len(updates)
        remote = measured(partial(there.apply_update, update) for update in updates)
        print(f"  {name:24} {own}  as another's {remote}  {size:6,} bytes")
    more = [[*documents, *(new_document_id() for _ in range(n))] for n in range(TIMES)]
    print(f"  a document comes         {measured(partial(here.set_known, m) for m in more)}")
    assert here.view().tags == there.view().tags
