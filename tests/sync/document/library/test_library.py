"""What a person does to the library, on one device and on two at the same time."""

from __future__ import annotations

from collections.abc import Callable

import pycrdt
import pytest

from sync.document.library import ROOT, Action, Library
from sync.document.library.format import MAX_DEPTH, MAX_NAME, MAX_RECENT, clean_name, new_id
from sync.errors import InvalidChange, InvalidUpdate
from sync.types import DocumentId
from tests.sync.document.library.devices import DOCUMENTS, check, connected, walked

A, B, C, D, E, *_ = DOCUMENTS


def library() -> Library:
    made = Library()
    made.set_known(DOCUMENTS)
    return made


def two() -> tuple[Library, Library]:
    """Return two devices of one person, both empty."""
    return library(), library()


def meet(*libraries: Library) -> None:
    for one in libraries:
        for other in libraries:
            other.apply_update(one.update_since(other.state_vector()))
    views = [check(one) for one in libraries]
    assert all(view == views[0] for view in views)


def names(made: Library, folder: str = ROOT) -> list[str]:
    view = made.view()
    return [view.folders[id_].name for id_ in view.folders[folder].folders]


def documents(made: Library, folder: str = ROOT) -> list[DocumentId]:
    return list(made.view().folders[folder].documents)


# Folders and places


def test_documents_without_a_place_are_in_the_root_as_they_came() -> None:
    made = library()
    assert documents(made) == DOCUMENTS
    made.move([D], ROOT)
    assert documents(made)[:2] == [D, A], "what has a place comes first"
    made.set_known([*DOCUMENTS[1:], DocumentId("new")])
    assert documents(made)[0] == D
    assert documents(made)[-1] == "new"
    assert A not in documents(made)


def test_moving_keeps_the_order_given() -> None:
    made = library()
    folder = made.add_folder("Novel")
    made.move([C, A, B], folder)
    made.move([D, E], folder, before=A)
    assert documents(made, folder) == [C, D, E, A, B]
    made.move([B, C], folder, before=C)
    assert documents(made, folder) == [B, C, D, E, A]
    made.move([A], folder, before=A)
    assert documents(made, folder) == [B, C, D, E, A]
    made.move([], folder)
    made.move([A], ROOT, before=DOCUMENTS[6])
    assert documents(made)[:2] == [DOCUMENTS[5], A], "those before it have got a place"


def test_a_place_is_kept_while_the_document_is_not_here() -> None:
    made = library()
    folder = made.add_folder("Novel")
    made.move([A, B, C], folder)
    made.favour([B])
    made.set_known([A, C])
    assert documents(made, folder) == [A, C]
    assert not made.view().favourites
    made.set_known(DOCUMENTS)
    assert documents(made, folder) == [A, B, C]
    assert made.view().favourites == (B,)


def test_what_cannot_be() -> None:
    made = library()
    outer = made.add_folder("Outer")
    inner = made.add_folder("Inner", outer)
    deep = ROOT
    for number in range(MAX_DEPTH):
        deep = made.add_folder(str(number), deep)
    gone = made.add_folder("Gone")
    made.delete_folder(gone)
    state = made.encode_state()
    impossible: list[Callable[[], object]] = [
        lambda: made.move([outer], inner),
        lambda: made.move([outer], outer),
        lambda: made.move([ROOT], inner),
        lambda: made.move([A], gone),
        lambda: made.move([A], new_id()),
        lambda: made.move([A], inner, before=B),
        lambda: made.move([A], ROOT, before="nowhere"),
        lambda: made.move(["not a document"], ROOT),
        lambda: made.move(["library.me"], ROOT),
        lambda: made.move([inner], deep),
        lambda: made.add_folder("too deep", deep),
        lambda: made.add_folder("\u202e \n"),
        lambda: made.rename_folder(gone, "x"),
        lambda: made.rename_folder(ROOT, "x"),
        lambda: made.delete_folder(ROOT),
        lambda: made.trash([ROOT]),
        lambda: made.tag([A], new_id()),
        lambda: made.add_tag("x", "red"),
        lambda: made.favour([A], before=B),
        lambda: made.opened(DocumentId("book.comments")),
    ]
    for attempt in impossible:
        with pytest.raises(InvalidChange):
            attempt()
    assert made.encode_state() == state


def test_what_was_in_a_deleted_folder_is_in_its_place() -> None:
    made = library()
    folder = made.add_folder("Novel")
    inner = made.add_folder("Part", folder)
    made.move([A, B, C, D], folder)
    made.move([A, B], inner)
    made.move([inner], folder, before=D)
    made.delete_folder(inner)
    assert documents(made, folder) == [C, A, B, D]
    assert not names(made, folder)
    made.move([E], folder, before=B)
    made.move([DOCUMENTS[6]], folder, before=A)
    assert documents(made, folder) == [C, DOCUMENTS[6], A, E, B, D]
    assert made.folder_of(A) == made.folder_of(E) == folder


# Two devices at once


def test_renaming_and_moving_at_once_both_hold() -> None:
    one, other = two()
    folder, target = one.add_folder("Old"), one.add_folder("Target")
    meet(one, other)
    one.rename_folder(folder, "New")
    other.move([folder], target)
    meet(one, other)
    assert names(one, target) == ["New"]


def test_folders_moved_into_each_other_are_taken_apart_and_can_be_moved() -> None:
    one, other = two()
    left, right = one.add_folder("Left"), one.add_folder("Right")
    one.move([A], left)
    one.move([B], right)
    meet(one, other)
    one.move([left], right)
    other.move([right], left)
    meet(one, other)
    least, inner = sorted([left, right])
    assert one.view().folders[ROOT].folders == (least,)
    assert one.view().folders[least].folders == (inner,)
    one.move([inner], ROOT, before=least)
    one.move([least], inner)
    meet(one, other)
    assert other.view().folders[ROOT].folders == (inner,)
    assert other.view().folders[inner].folders == (least,)


def test_what_is_put_into_a_folder_that_is_deleted_meanwhile() -> None:
    one, other = two()
    outer = one.add_folder("Outer")
    folder = one.add_folder("Folder", outer)
    meet(one, other)
    one.delete_folder(folder)
    other.move([A], folder)
    added = other.add_folder("Added", folder)
    other.rename_folder(folder, "Renamed")
    meet(one, other)
    assert documents(one, outer) == [A]
    assert one.view().folders[outer].folders == (added,)
    assert one.undo() is Action.DELETE_FOLDER
    meet(one, other)
    assert names(other, outer) == ["Renamed"]
    assert documents(other, folder) == [A]


def test_what_is_put_into_a_folder_whose_making_is_undone_meanwhile() -> None:
    one, other = two()
    folder = one.add_folder("Folder")
    meet(one, other)
    one.undo()
    other.move([A], folder)
    inner = other.add_folder("Inner", folder)
    meet(one, other)
    assert A in documents(one)
    assert one.view().folders[ROOT].folders == (inner,)
    one.redo()
    meet(one, other)
    assert names(one) == ["Folder"]
    assert documents(other, folder) == [A]
    one.undo()
    one.move([A], ROOT, before=B)
    one.move([inner], ROOT, before=A)
    meet(one, other)
    assert names(other) == ["Inner"]
    assert documents(other)[:2] == [A, B]


def test_rows_put_in_one_place_at_once_do_not_mix() -> None:
    one, other = two()
    one.move([A, B], ROOT)
    meet(one, other)
    for document in (C, D, E):
        one.move([document], ROOT, before=B)
    for document in DOCUMENTS[5:8]:
        other.move([document], ROOT, before=B)
    meet(one, other)
    order = documents(one)[1:7]
    assert order in ([C, D, E, *DOCUMENTS[5:8]], [*DOCUMENTS[5:8], C, D, E])


# Trash


def test_trash_and_back() -> None:
    made = library()
    folder = made.add_folder("Novel")
    made.move([A, B, C], folder)
    made.favour([B])
    made.trash([B])
    assert documents(made, folder) == [A, C]
    assert [trashed.document for trashed in made.view().trash] == [B]
    assert not made.view().favourites
    made.restore([B])
    assert documents(made, folder) == [A, B, C]
    assert made.view().favourites == (B,)
    assert not made.view().trash


def test_a_folder_in_the_trash_comes_back_with_what_was_in_it() -> None:
    made = library()
    folder = made.add_folder("Novel")
    inner = made.add_folder("Part", folder)
    made.move([A], folder)
    made.move([B], inner)
    made.trash([C])
    made.trash([folder])
    assert not names(made)
    assert {trashed.document for trashed in made.view().trash} == {A, B, C}
    made.restore([B])
    assert documents(made, inner) == [B]
    assert names(made) == ["Novel"]
    assert not documents(made, folder)
    assert made.undo() is Action.RESTORE
    assert made.undo() is Action.TRASH
    assert documents(made, folder) == [A]


def test_emptying_says_what_is_to_go() -> None:
    made = library()
    made.trash([A, B, C])
    assert made.empty_trash([A, D]) == (A,)
    assert made.empty_trash() == (B, C)
    assert made.view().emptied == (A, B, C)
    assert made.undoable is None
    made.forget([A, B])
    assert made.view().emptied == (A, B, C), "another device may still have them"
    made.restore([C])  # shared again
    assert C in documents(made)


def test_restoring_wins_over_emptying() -> None:
    one, other = two()
    one.trash([A])
    meet(one, other)
    one.empty_trash()
    other.restore([A])
    meet(one, other)
    assert A in documents(one)
    one.trash([A])
    meet(one, other)
    assert [trashed.document for trashed in other.view().trash] == [A]
    assert not other.view().emptied


# Tags, favourites, recent


def test_tags_of_the_same_name_are_one() -> None:
    one, other = two()
    first = one.add_tag("Draft")
    assert one.add_tag(" draft ") == first
    one.tag([A], first)
    second = other.add_tag("DRAFT", "#aabbcc")
    other.tag([B, A], second)
    meet(one, other)
    [tag] = one.view().tags
    assert (tag.count, tag.color) == (2, "#aabbcc")
    assert one.view().tags_of == {A: (tag.id,), B: (tag.id,)}
    one.rename_tag(tag.id, "Final")
    assert [tag.name for tag in one.view().tags] == ["Final"]
    one.untag([A], tag.id)
    one.trash([B])
    assert [tag.count for tag in one.view().tags] == [0]
    one.delete_tag(tag.id)
    meet(one, other)
    assert not other.view().tags
    assert one.undo() is Action.DELETE_TAG
    assert [tag.name for tag in one.view().tags] == ["Final"]


def test_sets_merge_as_sets() -> None:
    one, other = two()
    tag = one.add_tag("Work")
    meet(one, other)
    one.tag([A], tag)
    other.tag([B], tag)
    one.favour([A])
    other.favour([B])
    meet(one, other)
    assert set(one.view().favourites) == {A, B}
    assert set(one.view().tags_of) == {A, B}
    one.favour([A, B])
    other.unfavour([A])
    meet(one, other)
    one.favour([C], before=B)
    assert one.view().favourites.index(C) + 1 == one.view().favourites.index(B)


def test_recent_is_bounded_and_asks_no_clock() -> None:
    one, other = two()
    for number in range(MAX_RECENT + 10):
        one.opened(DocumentId(f"other-{number}"))
    one.opened(A)
    meet(one, other)
    other.opened(B)
    other.opened(A)
    other.opened(A)
    meet(one, other)
    assert one.view().recent == (A, B)
    assert len(one.values["recent"]) <= MAX_RECENT + 1
    assert one.undoable is None


# Undo


def test_undo_leaves_alone_what_another_device_has_changed_since() -> None:
    one, other = two()
    folder, elsewhere = one.add_folder("Folder"), one.add_folder("Elsewhere")
    one.move([A, B], folder)
    meet(one, other)
    other.move([A], elsewhere)
    meet(one, other)
    assert one.undo() is Action.MOVE
    meet(one, other)
    assert documents(one, elsewhere) == [A]
    assert B in documents(one)
    assert one.redo() is Action.MOVE
    assert documents(one, folder) == [B]


def test_undo_goes_past_what_is_quite_overtaken() -> None:
    one, other = two()
    folder = one.add_folder("Folder")
    one.move([A], folder)
    meet(one, other)
    other.move([A], ROOT)
    meet(one, other)
    assert one.undoable is Action.MOVE
    assert one.undo() is Action.ADD_FOLDER
    assert one.undo() is None


# Robust reading


def test_names_are_one_line_that_runs_one_way() -> None:
    assert clean_name("a\u202eb\n\x00c  d\u2066") == "a b c d"
    assert clean_name("x" * 1_000_000) == "x" * MAX_NAME
    assert clean_name("\u200fשלום") == "\u200fשלום"
    assert clean_name("\ud800") == ""
    made = library()
    stranger = pycrdt.Doc()
    folder = new_id()
    stranger.get("folders", type=pycrdt.Map)[f"{folder}/name"] = "safe\u202egpj.exe"
    made.apply_update(stranger.get_update())
    assert names(made) == ["safe gpj.exe"]


def test_what_is_not_valid_is_passed_over_and_kept() -> None:
    made = library()
    kept = made.add_folder("Kept")
    stranger = pycrdt.Doc(client_id=1 << 50)
    roots = ("folders", "places", "tags", "tagged", "favourites", "recent", "trash", "emptied")
    strange = [None, 3, "text", True, [1], {}, {"in": 3, "at": "V"}, {"in": "", "at": "ä"}]
    strange += [{"in": "", "at": "V" * 100}, {"at": float("nan"), "act": ":"}, float("inf"), -1]
    with stranger.transaction():
        for root in roots:
            entries = stranger.get(root, type=pycrdt.Map)
            for number, value in enumerate(strange):
                document = DOCUMENTS[number % len(DOCUMENTS)]
                keys = (document, f"{new_id()}/name", f"{document}/{new_id()}", "", "/", "a/b/c")
                for key in (*keys, f"{kept}/place", f"{kept}/future", "library.x", "\u202e"):
                    entries[key] = value
            entries[f"{new_id()}/name"] = pycrdt.Map({"deep": "x"})
            entries[A] = pycrdt.Text("shared")
        stranger.get("future", type=pycrdt.Map)["key"] = "value"
    made.apply_update(stranger.get_update())
    view = check(made)
    assert [folder.name for folder in view.folders.values()].count("Kept") == 1
    assert {folder.name for folder in view.folders.values()} == {"", "Kept", "text"}
    made.move([A, kept], ROOT)
    again = pycrdt.Doc()
    again.apply_update(made.encode_state())
    assert again.get("future", type=pycrdt.Map)["key"] == "value"
    assert again.get("folders", type=pycrdt.Map)[f"{kept}/future"] == -1
    check(made)


def test_folders_in_too_many_are_taken_out() -> None:
    made = library()
    stranger = pycrdt.Doc()
    entries = stranger.get("folders", type=pycrdt.Map)
    inside = ROOT
    for _ in range(5 * MAX_DEPTH):
        folder = new_id()
        entries[f"{folder}/name"] = "x"
        entries[f"{folder}/place"] = {"in": inside, "at": "V"}
        inside = folder
    made.apply_update(stranger.get_update())
    check(made)
    view = made.view()
    depths = {ROOT: 0}
    for folder in walked(view)[0][1:]:
        depths[folder] = depths[view.folders[folder].parent or ROOT] + 1
    assert max(depths.values()) == 2 * MAX_DEPTH


def test_an_update_that_is_none_changes_nothing() -> None:
    made = library()
    made.add_folder("Folder")
    state = made.encode_state()
    with pytest.raises(InvalidUpdate):
        made.apply_update(b"\x01\x02\x03")
    with pytest.raises(InvalidUpdate):
        made.update_since(b"\xff")
    with pytest.raises(InvalidUpdate):
        Library.load(b"\x07")
    assert made.encode_state() == state


def test_updates_out_of_order_wait() -> None:
    one = connected(1)[0]
    state = one.library.encode_state()
    updates: list[bytes] = []
    one.library.on_update(lambda update, _: updates.append(update))
    folder = one.library.add_folder("First")
    one.library.move([A], folder)
    late = library()
    late.apply_update(state)
    late.apply_update(updates[1])
    assert late.missing
    assert A in documents(late)
    late.apply_update(updates[0])
    assert not late.missing
    assert documents(late, folder) == [A]
