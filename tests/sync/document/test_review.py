"""Threads stay with their words, and a suggestion's words come once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync.document.anchors import Standing
from sync.document.comment_entries import MAX_QUOTE, MAX_REPLACEMENT
from sync.document.delta import Delete, Embed, Insert, Retain, delete, format_range, insert
from sync.document.document import Document
from sync.document.review import Fit, State
from sync.errors import InvalidChange
from sync.types import Origin, Role
from tests.sync.document.desks import Desk, desks, meet

TEXT = "Wörter 😀 the quick fox\nand the lazy dog\n"
QUICK = TEXT.encode("utf-16-le").index("quick".encode("utf-16-le")) // 2


def place(desk: Desk, thread: str) -> tuple[str, Standing]:
    return desk.quote(thread), desk.review.thread(thread).place.standing


def test_what_is_written_at_the_borders_stays_outside() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ada.review.comment(QUICK, QUICK + 5, "Really?")
    meet(ada, ben)
    ben.document.apply(insert(QUICK, "very "), Origin.VIEW)
    ada.document.apply(insert(QUICK + 5, "est"), Origin.VIEW)
    ada.document.apply(insert(0, "é😀"), Origin.VIEW)
    meet(ada, ben)
    for desk in (ada, ben):
        assert place(desk, thread) == ("quick", Standing.LIVE)
    ben.document.apply(insert(QUICK + 3 + 5 + 2, "-"), Origin.VIEW)
    assert place(ben, thread) == ("qu-ick", Standing.LIVE)


def test_a_place_across_paragraphs_that_are_split_and_joined() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ada.review.comment(QUICK, QUICK + 13, "all of this")
    assert ada.quote(thread) == "quick fox\nand"
    meet(ada, ben)
    ada.document.apply(delete(QUICK + 9, 1), Origin.COMMAND)
    ben.document.apply(insert(QUICK + 5, "\n"), Origin.COMMAND)
    meet(ada, ben)
    assert place(ada, thread) == place(ben, thread) == ("quick\n foxand", Standing.LIVE)


def test_what_is_deleted_is_an_orphan_and_lives_again_after_undo_everywhere() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    threads = {
        thread: quote
        for start, end in ((QUICK, QUICK + 5), (QUICK - 4, QUICK + 9), (QUICK + 6, QUICK + 9))
        for thread, quote in [
            (
                ada.review.comment(start, end, "x"),
                ada.document.slice(start, end),
            )
        ]
    }
    meet(ada, ben)
    for _ in range(3):
        for start, length in ((QUICK - 2, 15), (QUICK + 2, 2), (QUICK - 8, 18)):
            ada.document.apply(delete(start, length), Origin.COMMAND)
            meet(ada, ben)
            for thread in threads:
                assert place(ada, thread) == place(ben, thread)
            ada.document.undo()
            meet(ada, ben)
            for desk in (ada, ben):
                for thread, quote in threads.items():
                    assert place(desk, thread) == (quote, Standing.LIVE)
    ada.document.apply(delete(QUICK - 5, 16), Origin.COMMAND)
    meet(ada, ben)
    for desk in (ada, ben):
        for thread, quote in threads.items():
            assert place(desk, thread) == ("", Standing.ORPHAN)
            assert desk.review.thread(thread).thread.quote == quote
    # Neither undo nor the place needs a memory: one who comes later sees the same.
    for _ in range(2):
        ada.document.undo()
        ada.document.redo()
    ada.document.undo()
    meet(ada, ben)
    eve = Desk("eve", 3)
    meet(ada, ben, eve)
    for desk in (ada, ben, eve):
        for thread, quote in threads.items():
            assert place(desk, thread) == (quote, Standing.LIVE)


def test_deletions_one_after_the_other_undone_one_after_the_other() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ada.review.comment(QUICK, QUICK + 9, "x")
    for start, length in ((QUICK + 7, 2), (QUICK + 3, 2), (QUICK - 2, 4)):
        ada.document.apply(delete(start, length), Origin.COMMAND)
    seen = []
    while ada.document.undo_history.undo_depth > 1:
        ada.document.undo()
        meet(ada, ben)
        assert place(ada, thread) == place(ben, thread)
        seen.append(ada.quote(thread))
    assert seen == ["qui f", "quick f", "quick fox"]


def test_undo_right_behind_what_the_same_person_wrote_and_took_out() -> None:
    """The copy goes on in its clocks where those words ended, as if it were more of them."""
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ada.review.comment(QUICK + 3, QUICK + 9, "x")
    meet(ada, ben)
    ben.document.apply(insert(QUICK, "xx"), Origin.COMMAND)
    ben.document.apply(delete(QUICK, 2), Origin.COMMAND)
    ben.document.apply(delete(QUICK, 5), Origin.COMMAND)
    ben.document.undo()
    meet(ada, ben)
    assert place(ada, thread) == place(ben, thread) == ("ck fox", Standing.LIVE)


def test_undo_right_behind_what_the_same_person_wrote_and_left() -> None:
    """Yjs joins the two: where the copy begins is no longer to be seen."""
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ada.review.comment(QUICK + 3, QUICK + 9, "x")
    meet(ada, ben)
    ben.document.apply(insert(QUICK, "xx"), Origin.COMMAND)
    ben.document.apply(delete(QUICK + 2, 7), Origin.COMMAND)
    ben.document.undo()
    meet(ada, ben)
    assert place(ada, thread) == place(ben, thread) == ("ck fox", Standing.LIVE)


def test_replaced_words_leave_an_orphan() -> None:
    (ada,) = desks("ada", text=TEXT)
    thread = ada.review.comment(QUICK, QUICK + 5, "x")
    ada.document.apply([Retain(QUICK), Delete(5), Insert("slow")], Origin.VIEW)
    assert place(ada, thread) == ("", Standing.ORPHAN)
    ada.document.undo()
    assert place(ada, thread) == ("quick", Standing.LIVE)


def test_moved_words_are_found_if_they_are_somewhere_and_only_there() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ada.review.comment(QUICK, QUICK + 9, "x")
    gone = [Retain(QUICK), Delete(9)]
    ada.document.apply(gone, Origin.COMMAND)
    assert ada.review.find_moved() == {}
    ada.document.apply(insert(3, "quick fox"), Origin.COMMAND)
    meet(ada, ben)
    for desk in (ada, ben):
        assert place(desk, thread)[1] is Standing.ORPHAN
        assert desk.review.find_moved() == {thread: (3, 12)}
    ada.document.apply(insert(0, "quick fox"), Origin.COMMAND)
    assert ada.review.find_moved() == {}


def test_threads_in_the_order_of_the_text() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    last = ada.review.comment(QUICK + 6, QUICK + 9, "later")
    first = ada.review.comment(2, 4, "first")
    emoji = ada.review.comment(7, 9, "an emoji")
    stranger = Desk("eve", 3)
    stranger.document.apply(insert(0, "another text\n"), Origin.COMMAND)
    unknown = stranger.review.comment(0, 3, "elsewhere")
    ada.comments.apply_update(stranger.comments.update_since())
    assert [placed.thread.id for placed in ada.review.threads()] == [first, emoji, last, unknown]
    assert place(ada, unknown) == ("", Standing.UNKNOWN)
    meet(ada, ben, stranger)  # what was not here has come
    assert place(ben, unknown) == ("ano", Standing.LIVE)


def test_a_suggestion_is_accepted_as_one_step_of_the_accepter() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(
        QUICK,
        QUICK + 5,
        [Insert("slow", {"bold": True}), Insert("er "), Insert(Embed({"divider": True}))],
        "better?",
    )
    meet(ada, ben)
    assert ada.review.fit(thread) is Fit.FITS
    ada.review.accept(thread)
    meet(ada, ben)
    after = TEXT.replace("quick", "slower ")
    for desk in (ada, ben):
        assert desk.text == after
        assert desk.review.state(thread) is State.ACCEPTED
        decided = desk.review.thread(thread).thread
        assert decided.author == "ben"
        assert [(d.by, d.verdict) for d in decided.decisions] == [("ada", "accepted")]
    assert Insert("slow", {"bold": True}) in ada.document.contents()
    with pytest.raises(InvalidChange, match="decided"):
        ben.review.accept(thread)
    ada.document.undo()
    meet(ada, ben)
    for desk in (ada, ben):
        assert desk.text == TEXT
        assert desk.review.state(thread) is State.REMOVED
    ada.document.redo()
    meet(ada, ben)
    assert ben.text == after
    assert ben.review.state(thread) is State.ACCEPTED
    assert ada.document.contents() == ben.document.contents()


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize(
    ("start", "end", "parts", "after"),
    [
        (QUICK, QUICK + 5, [Insert("slow")], TEXT.replace("quick", "slow")),
        (QUICK, QUICK, [Insert("very ")], TEXT.replace("quick", "very quick")),
        (QUICK, QUICK + 6, [], TEXT.replace("quick ", "")),
        (0, 0, [Insert("¶\n", {}), Insert("\n", {"header": 1})], "¶\n\n" + TEXT),
        (7, 9, [Insert("😀😀")], TEXT.replace("😀", "😀😀")),
    ],
)
def test_two_who_accept_at_the_same_time(
    start: int, end: int, parts: list[Insert], after: str, prepared: bool
) -> None:
    ada, ben, eve = desks("ada", "ben", "eve", text=TEXT)
    if prepared:
        for desk in (ada, ben, eve):
            desk.document.prepare(smallest=0)
    thread = eve.review.suggest(start, end, parts)
    meet(ada, ben, eve)
    ada.review.accept(thread)
    ben.review.accept(thread)
    ben.document.apply(insert(0, "Ben: "), Origin.VIEW)
    meet(ada, ben, eve)
    for desk in (ada, ben, eve):
        assert desk.text == "Ben: " + after or desk.text == after.replace("¶", "¶Ben: ")
        assert desk.document.contents() == ada.document.contents()
        assert desk.review.state(thread) is State.ACCEPTED
        assert {d.by for d in desk.review.thread(thread).thread.decisions} == {"ada", "ben"}


def test_two_who_accepted_at_once_and_both_undo() -> None:
    """What Yjs does of any words that two people delete at once and both bring back."""
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    meet(ada, ben)
    for desk in (ada, ben):
        desk.review.accept(thread)
    meet(ada, ben)
    ada.document.undo()
    meet(ada, ben)
    assert ada.text == ben.text == TEXT
    assert ben.review.state(thread) is State.REMOVED
    ben.document.undo()
    meet(ada, ben)
    assert ada.text == ben.text == TEXT.replace("quick", "quickquick")


def test_accepted_by_one_and_rejected_by_another_at_the_same_time() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    meet(ada, ben)
    ada.review.accept(thread)
    ben.review.reject(thread)
    meet(ada, ben)
    for desk in (ada, ben):
        assert desk.review.state(thread) is State.ACCEPTED
        assert desk.review.thread(thread).thread.verdict == "accepted"


def test_an_acceptance_whose_words_were_lost_is_open_again() -> None:
    """The text's disk was full, the comments' was not, and then the power failed."""
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    meet(ada, ben)
    ada.review.accept(thread)
    ben.comments.apply_update(ada.comments.update_since(ben.comments.state_vector()))
    assert ben.review.state(thread) is State.OPEN
    ben.review.accept(thread)
    meet(ada, ben)
    for desk in (ada, ben):
        assert desk.text == TEXT.replace("quick", "slow")
        assert desk.review.state(thread) is State.ACCEPTED


def test_marks_are_suggested_and_accepted() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest_format(QUICK, QUICK + 5, {"bold": True, "italic": None})
    meet(ada, ben)
    ada.review.accept(thread)
    ben.review.accept(thread)
    meet(ada, ben)
    assert Insert("quick", {"bold": True}) in ada.document.contents()
    assert ada.document.contents() == ben.document.contents()
    assert ben.review.state(thread) is State.ACCEPTED


def test_attributes_in_force_do_not_reach_what_is_accepted() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(QUICK + 2, QUICK + 4, [Insert("XX", {"link": "https://a.b"})])
    meet(ada, ben)
    ada.document.apply(format_range(QUICK, 5, {"bold": True}), Origin.COMMAND)
    ada.review.accept(thread)
    contents = ada.document.contents()
    assert Insert("XX", {"link": "https://a.b"}) in contents
    assert [part.content for part in contents if part.attributes.get("bold")] == ["qu", "k"]


def changed_before(desk: Desk) -> None:
    desk.document.apply(insert(QUICK + 2, "x"), Origin.VIEW)


def test_a_changed_text_is_replaced_only_knowingly() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    meet(ada, ben)
    changed_before(ada)
    assert ada.review.fit(thread) is Fit.CHANGED
    with pytest.raises(InvalidChange, match="changed"):
        ada.review.accept(thread)
    ada.review.accept(thread, knowingly=True)
    ben.review.accept(thread)  # did not see it
    meet(ada, ben)
    assert ada.text == ben.text == TEXT.replace("quick", "slow")


def test_the_text_of_a_suggestion_goes_and_comes_back() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    words = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    point = ben.review.suggest(QUICK, QUICK, [Insert("very ")])
    meet(ada, ben)
    ada.document.apply(delete(QUICK - 4, 12), Origin.COMMAND)
    for thread in (words, point):
        assert ada.review.fit(thread) is Fit.GONE
        with pytest.raises(InvalidChange, match="gone"):
            ada.review.accept(thread, knowingly=True)
    ada.document.undo()
    assert ada.quote(words) == "quick"
    for thread in (words, point):
        assert ada.review.fit(thread) in (Fit.RESTORED, Fit.GONE)
        with pytest.raises(InvalidChange):
            ada.review.accept(thread, knowingly=True)
    ada.review.reject(words)
    assert ada.review.state(words) is State.REJECTED


def test_what_others_write_beside_an_open_suggestion_stays_on_its_side() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    thread = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    meet(ada, ben)
    ada.document.apply(insert(QUICK, "very "), Origin.VIEW)
    ada.document.apply(insert(QUICK + 10, "est"), Origin.VIEW)
    assert ada.review.fit(thread) is Fit.FITS
    ada.review.accept(thread)
    assert ada.text == TEXT.replace("quick", "very slowest")


def test_several_suggestions_at_one_place() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    points = [ben.review.suggest(QUICK, QUICK, [Insert(f"<{n}>")]) for n in range(4)]
    meet(ada, ben)
    for desk, order in ((ada, points), (ben, points[::-1])):
        for thread in order:
            desk.review.accept(thread, knowingly=True)
    meet(ada, ben)
    assert ada.text == ben.text
    assert all(ada.text.count(f"<{n}>") == 1 for n in range(4))
    assert len(ada.text) == len(TEXT) + 12


WRONG: dict[str, Callable[[Desk], object]] = {
    "nothing selected": lambda d: d.review.comment(3, 3, "x"),
    "no change": lambda d: d.review.suggest(3, 3, []),
    "only what may not be": lambda d: d.review.suggest_format(3, 5, {"onclick": "x"}),
    "an unsafe link": lambda d: d.review.suggest_format(3, 5, {"link": "javascript:x"}),
    "too long": lambda d: d.review.suggest(3, 5, [Insert("x" * (MAX_REPLACEMENT + 1))]),
    "half a character": lambda d: d.review.suggest(3, 5, [Insert("\ud83d")]),
    "inside a character": lambda d: d.review.comment(8, 10, "x"),
    "the last newline": lambda d: d.review.suggest(3, d.document.length, []),
    "past the end": lambda d: d.review.comment(3, 1000, "x"),
    "an unknown embed": lambda d: d.review.suggest(3, 5, [Insert(Embed({"script": "x"}))]),
    "no such thread": lambda d: d.review.accept("none"),
    "no suggestion": lambda d: d.review.accept(d.review.comment(3, 4, "x")),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_may_not_be(kind: str) -> None:
    (ada,) = desks("ada", text=TEXT)
    with pytest.raises(InvalidChange):
        WRONG[kind](ada)
    assert ada.text == TEXT


def test_a_place_longer_than_a_suggestion_may_have() -> None:
    (ada,) = desks("ada", text="x" * 3000 + "\n")
    with pytest.raises(InvalidChange):
        ada.review.suggest(0, MAX_QUOTE + 1, [])
    thread = ada.review.comment(1, 2900, "long")
    ada.document.apply(delete(0, 2950), Origin.COMMAND)
    assert place(ada, thread)[1] is Standing.ORPHAN
    ada.document.undo()
    assert place(ada, thread) == ("x" * 2899, Standing.LIVE)


def test_roles() -> None:
    ada, ben = desks("ada", "ben", text=TEXT)
    ben.review.role = Role.COMMENTER
    own = ben.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    other = ada.review.suggest(QUICK, QUICK + 5, [Insert("fast")])
    meet(ada, ben)
    for change in (ben.review.accept, ben.review.reject):
        with pytest.raises(InvalidChange, match="commenter"):
            change(own)
    with pytest.raises(InvalidChange, match="another"):
        ben.review.withdraw(other)
    ben.review.withdraw(own)
    assert ben.review.state(own) is State.WITHDRAWN
    ben.review.reopen(own)
    assert ben.review.state(own) is State.OPEN
    ben.review.role = Role.VIEWER
    with pytest.raises(InvalidChange, match="viewer"):
        ben.review.comment(1, 2, "x")


def test_a_suggestion_that_lies_about_its_place_is_not_accepted() -> None:
    """The words must come where the thread shows them."""
    ada, eve = desks("ada", "eve", text=TEXT)
    honest = eve.review.suggest(QUICK, QUICK + 5, [Insert("slow")])
    entry = dict(eve.comments._maps["threads"][honest])
    elsewhere = {"client": 1.0, "clock": 2.0}
    threads = []
    for change in (
        {"left": elsewhere},
        {"right": elsewhere},
        {"left": None},
        {"left": elsewhere, "right": {"client": 1.0, "clock": 3.0}},
        {"left": {"client": 77.0, "clock": 0.0}},
    ):
        lie = {**entry, "suggestion": {**entry["suggestion"], **change}}
        key = f"lie{len(threads)}"
        threads.append(key)
        eve.comments._write([("threads", key, lie)])
    meet(ada, eve)
    for key in threads:
        assert ada.review.fit(key) is Fit.UNKNOWN
        with pytest.raises(InvalidChange):
            ada.review.accept(key, knowingly=True)
    assert ada.text == TEXT


def test_a_closed_review_follows_no_more() -> None:
    (ada,) = desks("ada", text=TEXT)
    ada.review.close()
    ada.comments.add(*[ada.document.relative_position(1)] * 2, "", "unseen")
    assert ada.review.threads() == []
    assert isinstance(ada.document, Document)
