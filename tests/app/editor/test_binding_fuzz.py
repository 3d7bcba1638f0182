"""Random writers on bound QTextDocuments: after each sync all show and hold the same.

`INKSTAND_FUZZ_STEPS` and `INKSTAND_FUZZ_SEED` run more of it, or one failing seed again.
"""

from __future__ import annotations

import os
import random

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QTextCursor

from sync.document.delta import Delete, Delta, Embed, Insert, Retain, delete, format_range, insert
from sync.document.document import Document
from sync.types import Origin
from tests.app.editor.pages import Page

STEPS = int(os.environ.get("INKSTAND_FUZZ_STEPS", "3000"))
ONE_SEED = os.environ.get("INKSTAND_FUZZ_SEED")
SEEDS = [int(ONE_SEED)] if ONE_SEED else range(1, 1 + STEPS // 100)

TEXTS = ["a", "bc", " ", "word ", "é", "中文", "😀", "👩🏽‍🚀", "שלום", "e\u0301", "\u2028"]
HOSTILE = ["\0", "\u2029", "\ufffc", "\r", "\ufdd0", "\ufdd1", "x\ny", "\n\n"]
INLINE: list[dict[str, object]] = [
    {"bold": True},
    {"bold": None},
    {"italic": True},
    {"code": True},
    {"link": "https://example.org"},
    {"link": "javascript:alert(1)"},
    {"unheard-of": 1},
]
BLOCKS: list[dict[str, object]] = [
    {"header": 1},
    {"header": None},
    {"header": 9},
    {"list": "bullet"},
    {"list": "ordered"},
    {"list": "ordered", "indent": 1},
    {"list": None, "indent": None},
]


def snap(page: Page, position: int) -> int:
    """The nearest position that is not inside a surrogate pair."""
    cursor = QTextCursor(page.qt)
    cursor.setPosition(position)
    block, inside = cursor.block(), cursor.positionInBlock()
    raw = block.text().encode("utf-16-le", "surrogatepass")
    if 0 < inside < len(raw) // 2 and 0xDC <= raw[2 * inside + 1] <= 0xDF:
        return position - 1
    return position


def some_range(page: Page, rng: random.Random) -> tuple[int, int]:
    end = page.qt.characterCount() - 1
    start = rng.randint(0, end)
    stop = start + rng.choice([0, 1, 3, rng.randint(0, end - start)])
    return snap(page, start), snap(page, min(stop, end))


def type_something(page: Page, rng: random.Random) -> None:
    """What a keyboard or an input method does to a QTextDocument."""
    start, stop = some_range(page, rng)
    cursor = page.cursor(stop, start)
    match rng.randrange(6):
        case 0:
            cursor.removeSelectedText()
        case 1:
            cursor.deletePreviousChar()
        case 2:
            cursor.deleteChar()
        case 3:
            cursor.insertBlock()
        case 4:
            cursor.beginEditBlock()
            cursor.insertText(rng.choice(TEXTS))
            cursor.insertText(rng.choice(TEXTS))
            cursor.endEditBlock()
        case _:
            cursor.insertText(rng.choice(TEXTS))


def command_something(page: Page, rng: random.Random) -> None:
    start, stop = some_range(page, rng)
    newline = page.qt.findBlock(start)
    closing = newline.position() + newline.length() - 1
    match rng.randrange(5):
        case 0 if stop > start:
            page.document.apply(
                format_range(start, stop - start, rng.choice(INLINE)), Origin.COMMAND
            )
        case 1 if closing < page.document.length:
            page.document.apply(format_range(closing, 1, rng.choice(BLOCKS)), Origin.COMMAND)
        case 2:
            page.document.undo()
        case 3:
            page.document.redo()
        case _:
            pasted: Delta = [
                Retain(start),
                Delete(stop - start),
                Insert(rng.choice(TEXTS), {"bold": True}),
                Insert("\n", {"list": "bullet"}),
                Insert(rng.choice(TEXTS + HOSTILE)),
            ]
            page.document.apply(pasted, Origin.COMMAND)


def write_raw(document: Document, rng: random.Random) -> None:
    """A peer that knows nothing of our manners; it may even delete the last newline."""
    start = rng.choice([0, document.length])
    match rng.randrange(5):
        case 0 if document.length:
            document.apply(delete(0, document.length), Origin.COMMAND)
        case 1 if document.length:
            document.apply(
                format_range(0, document.length, rng.choice(BLOCKS + INLINE)), Origin.COMMAND
            )
        case 2:
            document.apply(insert(start, Embed({"image": "x"}), {"header": 2}), Origin.COMMAND)
        case _:
            text = rng.choice(HOSTILE + TEXTS)
            document.apply(insert(start, text, rng.choice(BLOCKS + INLINE)), Origin.COMMAND)


@pytest.mark.parametrize("seed", SEEDS)
def test_writers_converge(qapp: QCoreApplication, seed: int) -> None:
    rng = random.Random(seed)
    pages = [Page(client_id=1), Page(client_id=2)]
    raw = Document(client_id=3)
    documents = [*(page.document for page in pages), raw]
    inboxes: list[list[bytes]] = [[] for _ in documents]
    for number, document in enumerate(documents):
        others = [inbox for other, inbox in enumerate(inboxes) if other != number]
        document.on_update(lambda update, _, others=others: [o.append(update) for o in others])
    for _ in range(100):
        page = rng.choice(pages)
        action = rng.randrange(20)
        if action < 10:
            type_something(page, rng)
        elif action < 14:
            command_something(page, rng)
        elif action == 14:
            write_raw(raw, rng)
        elif action < 18:
            number = rng.randrange(len(documents))
            taken = rng.randint(0, len(inboxes[number]))
            for update in inboxes[number][:taken]:
                documents[number].apply_update(update)
            del inboxes[number][:taken]
        else:
            for _ in range(2):
                for document, inbox in zip(documents, inboxes, strict=True):
                    for update in inbox:
                        document.apply_update(update)
                    inbox.clear()
            qapp.processEvents()
            for one in pages:
                one.check()
            assert pages[0].numbering() == pages[1].numbering()
            assert pages[0].document.contents() == raw.contents()
