from __future__ import annotations

import gc
import random
import subprocess
import sys
import weakref
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Map

from sync.document.delta import Delta, Embed, Insert, Retain, compact, delete, format_range, insert
from sync.document.document import Document
from sync.document.positions import utf16_length
from sync.errors import InvalidChange, InvalidUpdate
from sync.types import Origin

PARTS = ["a", "word ", "é", "中", "😀", "👩🏽‍🚀", "\n", "שלום", "\u2028", "\0", "\ufffc"]
ATTRIBUTES = [{}, {"bold": True}, {"italic": True}, {"header": 2}, {"list": "bullet"}]


def written(text: str) -> Document:
    document = Document()
    document.apply(insert(0, text), Origin.COMMAND)
    return document


def boundary(document: Document, rng: random.Random) -> int:
    """A random UTF-16 index between two characters."""
    text = "".join(
        part.content if isinstance(part.content, str) else "\0" for part in document.contents()
    )
    return utf16_length(text[: rng.randint(0, len(text))])


def random_delta(document: Document, rng: random.Random) -> Delta:
    start, end = sorted((boundary(document, rng), boundary(document, rng)))
    attributes = rng.choice(ATTRIBUTES)
    match rng.randrange(5):
        case 0 if end > start:
            return delete(start, end - start)
        case 1 if end > start:
            return format_range(start, end - start, attributes or {"bold": None})
        case 2:
            return insert(start, Embed({"image": "sha256:00"}), attributes)
        case _:
            text = "".join(rng.choices(PARTS, k=rng.randint(1, 4)))
            return [*insert(start, text, attributes), Insert("+", {"italic": True})]


def test_text_comes_back_as_it_went_in() -> None:
    document = written("a😀é\n")
    assert document.text() == "a😀é\n"
    assert document.length == 5


def test_attributes_are_never_inherited() -> None:
    document = Document()
    document.apply(insert(0, "bold\n", {"bold": True}), Origin.COMMAND)
    document.apply(insert(4, " plain"), Origin.COMMAND)
    assert document.contents() == [
        Insert("bold", {"bold": True}),
        Insert(" plain"),
        Insert("\n", {"bold": True}),
    ]


def test_whole_numbers_come_back_whole() -> None:
    document = written("Title\n")
    document.apply(format_range(5, 1, {"header": 1}), Origin.COMMAND)
    copy = Document.load(document.encode_state())
    assert copy.contents()[-1] == Insert("\n", {"header": 1})
    assert isinstance(copy.contents()[-1].attributes["header"], int)


def test_whole_numbers_inside_an_embed_come_back_whole() -> None:
    document = written("\n")
    document.apply(insert(0, Embed({"table": {"rows": [1, 2.5]}})), Origin.COMMAND)
    embed = document.contents()[0].content
    assert isinstance(embed, Embed)
    assert repr(embed.value) == "{'table': {'rows': [1, 2.5]}}"


@pytest.mark.parametrize(
    "delta", [insert(4, "x"), delete(2, 3), format_range(1, 9, {"bold": True}), delete(2, 1)]
)
def test_a_change_that_does_not_fit_changes_nothing(delta: Delta) -> None:
    document = written("a😀")
    before = document.encode_state()
    with pytest.raises(InvalidChange):
        document.apply(delta, Origin.COMMAND)
    assert document.encode_state() == before


@pytest.mark.parametrize("update", [b"", b"\x01", b"nonsense", b"\x00\x00\x00"])
def test_bytes_that_are_no_update_change_nothing(update: bytes) -> None:
    document = written("kept\n")
    with pytest.raises(InvalidUpdate):
        document.apply_update(update)
    document.apply(insert(4, "!"), Origin.COMMAND)
    assert document.text() == "kept!\n"


def test_listeners_hear_local_updates_and_all_changes() -> None:
    one, two = written("one\n"), Document()
    updates: list[Origin] = []
    changes: list[tuple[Delta, Origin]] = []
    two.on_update(lambda _, origin: updates.append(origin))
    two.on_change(lambda delta, origin: changes.append((delta, origin)))
    two.apply_update(one.encode_state())
    two.apply(insert(3, "😀"), Origin.VIEW)
    two.undo()
    assert updates == [Origin.VIEW, Origin.UNDO]
    assert changes == [
        ([Insert("one\n")], Origin.REMOTE),
        ([Retain(3), Insert("😀")], Origin.VIEW),
        (delete(3, 2), Origin.UNDO),
    ]


def test_the_author_is_said_once() -> None:
    document = Document(author="user-1", client_id=7)
    document.apply(insert(0, "x"), Origin.VIEW)
    first = len(document.encode_state())
    copy = Document.load(document.encode_state())
    assert copy._authors.to_py() == {"7": "user-1"}
    document.apply(insert(1, "y"), Origin.VIEW)
    assert len(document.encode_state()) <= first + 1


class TestUndo:
    def test_takes_back_own_edits_only(self) -> None:
        mine, theirs = written("\n"), Document()
        theirs.apply_update(mine.encode_state())
        mine.apply(insert(0, "mine"), Origin.VIEW)
        theirs.apply(insert(0, "theirs"), Origin.VIEW)
        mine.apply_update(theirs.encode_state())
        mine.undo_history.end_step()
        mine.apply(insert(0, "!"), Origin.COMMAND)
        assert mine.undo()
        assert mine.undo()
        assert mine.text() == "theirs\n"
        assert mine.redo()
        assert sorted(mine.text().replace("theirs", "").strip()) == sorted("mine")

    def test_groups_a_burst_of_typing(self) -> None:
        document = written("\n")
        for number, letter in enumerate("word"):
            document.apply(insert(number, letter), Origin.VIEW)
        document.undo()
        assert document.text() == "\n"
        document.redo()
        assert document.text() == "word\n"

    def test_typing_elsewhere_is_another_step(self) -> None:
        document = written("one two\n")
        document.apply(insert(7, "!"), Origin.VIEW)
        document.apply(insert(0, "?"), Origin.VIEW)
        document.undo()
        assert document.text() == "one two!\n"

    def test_each_command_is_a_step(self) -> None:
        document = written("word\n")
        document.apply(format_range(0, 4, {"bold": True}), Origin.COMMAND)
        document.apply(format_range(0, 4, {"italic": True}), Origin.COMMAND)
        document.undo()
        assert document.contents() == [Insert("word", {"bold": True}), Insert("\n")]

    def test_nothing_to_undo(self) -> None:
        document = Document.load(written("text\n").encode_state())
        assert not document.undo()
        assert document.text() == "text\n"


@given(st.integers(0, 2**32))
def test_replicas_converge_and_indices_stay_exact(seed: int) -> None:
    rng = random.Random(seed)
    replicas = [Document(client_id=number + 1) for number in range(3)]
    inboxes: list[list[bytes]] = [[] for _ in replicas]
    shadows: list[Document] = []
    for number, replica in enumerate(replicas):
        others = [inbox for other, inbox in enumerate(inboxes) if other != number]
        replica.on_update(lambda update, _, others=others: [o.append(update) for o in others])
        # Each delta that is told, applied to a plain copy, must give the same text.
        shadow = Document()
        shadows.append(shadow)
        replica.on_change(lambda delta, _, shadow=shadow: shadow.apply(delta, Origin.COMMAND))
    for _ in range(25):
        number = rng.randrange(3)
        replica = replicas[number]
        if seed >> number & 1:
            replica.prepare(smallest=0)  # plain edits go past pycrdt's walks
        action = rng.randrange(8)
        if action == 0:
            replica.undo()
        elif action == 1:
            replica.redo()
        elif action <= 3:
            for update in inboxes[number]:
                replica.apply_update(update)
            inboxes[number].clear()
        else:
            replica.apply(random_delta(replica, rng), Origin.COMMAND)
    for _ in range(2):
        for replica, inbox in zip(replicas, inboxes, strict=True):
            for update in inbox:
                replica.apply_update(update)
            inbox.clear()
    expected = replicas[0].contents()
    for replica, shadow in zip(replicas, shadows, strict=True):
        assert not replica.missing
        assert replica.contents() == expected
        assert compact(shadow.contents()) == compact(expected)
        whole = "".join(p.content if isinstance(p.content, str) else "\0" for p in expected)
        assert str(replica._shadow.text) == whole
        runs = [part for part in expected for _ in range(part.length)]
        told = [attributes for length, attributes in replica._shadow.runs for _ in range(length)]
        assert told == [part.attributes for part in runs]


def test_a_document_that_nobody_holds_is_freed() -> None:
    document = Document(author="ada")
    heard: list[bytes] = []
    document.on_update(lambda update, _: heard.append(update))
    document.apply(insert(0, "hello"), Origin.VIEW)
    document.undo()
    watched = weakref.ref(document)
    inner = weakref.ref(document._doc)
    del document
    gc.collect()
    assert watched() is None
    assert inner() is None
    assert heard


def test_a_long_run_of_typing_loads_in_little_memory() -> None:
    updates: list[bytes] = []
    writer = Document()
    writer.on_update(lambda update, _: updates.append(update))
    for index in range(20_000):
        writer.apply(insert(index, "x"), Origin.VIEW)
    # In a process of its own, because memory that was once used stays with it.
    script = (
        "import resource, sys; from sync.document.document import Document\n"
        "data, updates = sys.stdin.buffer.read(), []\n"
        "while data:\n"
        "    size = int.from_bytes(data[:4]); updates.append(data[4:4 + size])\n"
        "    data = data[4 + size:]\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "document = Document.load(None, updates)\n"
        "print(document.length, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    data = b"".join(len(update).to_bytes(4) + update for update in updates)
    result = subprocess.run(
        [sys.executable, "-c", script], input=data, stdout=subprocess.PIPE, check=True, timeout=60
    )
    length, grown = map(int, result.stdout.split())
    assert length == 20_000
    kibibyte = 1 if sys.platform == "linux" else 1024  # macOS counts bytes
    assert grown < 50_000 * kibibyte


def test_equal_neighbours_are_one_part_of_the_contents() -> None:
    document = written("wxyz\n")
    other = Document.load(document.encode_state())
    document.apply(format_range(0, 3, {"bold": True}), Origin.COMMAND)
    other.apply(format_range(1, 3, {"bold": True}), Origin.COMMAND)
    document.apply_update(other.encode_state())
    parts = document.contents()
    assert all(a.attributes != b.attributes for a, b in pairwise(parts))


class TestLanguage:
    def test_it_travels_with_the_document(self) -> None:
        document = Document()
        assert document.language is None
        heard: list[Origin] = []
        document.on_update(lambda _, origin: heard.append(origin))
        document.set_language("pt-BR")
        other = Document()
        other.apply_update(document.encode_state())
        assert other.language == "pt-BR"
        document.set_language(None)
        assert document.language is None
        assert heard == [Origin.COMMAND, Origin.COMMAND]

    @pytest.mark.parametrize("tag", ["", "d", "../etc", "de_DE", "de\n", "x" * 99])
    def test_what_is_no_tag_is_refused(self, tag: str) -> None:
        document = Document()
        with pytest.raises(InvalidChange, match="language tag"):
            document.set_language(tag)
        assert document.language is None

    def test_what_a_peer_wrote_that_is_none_is_not_believed(self) -> None:
        peer: Doc = Doc()
        peer.get("meta", type=Map)["language"] = {"not": "a tag"}
        document = Document()
        document.apply_update(peer.get_update())
        assert document.language is None


def test_each_opening_takes_a_client_id_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Document()
    first.apply(insert(0, "Words\n"), Origin.COMMAND)
    state = first.encode_state()
    ids = {Document.load(state).client_id for _ in range(100)}
    assert len(ids) == 100
    assert first.client_id not in ids

    wanted = iter([first.client_id, first.client_id, 42])

    def doc(client_id: int | None = None) -> Doc:
        return Doc(client_id=next(wanted) if client_id is None else client_id)

    monkeypatch.setattr("sync.document.document.Doc", doc)
    assert Document.load(state).client_id == 42
