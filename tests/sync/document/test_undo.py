"""Where pycrdt's undo loses its way: docs/merging.md says what that means.

When one of these fails, pycrdt is mended, and the page wants to be told.
"""

from __future__ import annotations

from sync.document.delta import Delete, Delta, Insert, Retain
from sync.document.document import Document
from sync.types import Origin


def written(*steps: Delta | str) -> list[str]:
    """Take steps, "undo" and "redo" among them; return the text after each."""
    document = Document(client_id=1)
    texts = []
    for step in steps:
        if step == "undo":
            document.undo()
        elif step == "redo":
            document.redo()
        else:
            assert not isinstance(step, str)
            document.apply(step, Origin.COMMAND)
        texts.append(document.text())
    return texts


def test_a_copy_of_a_copy_takes_a_letter_too_many_along() -> None:
    begin = [Insert("bbb")], [Retain(3), Insert("dd")], [Retain(2), Delete(3)]
    texts = written(*begin, "undo", "redo", "undo", "undo", "redo")
    assert texts[:6] == ["bbb", "bbbdd", "bb", "bbbdd", "bb", "bbbdd"]
    assert texts[6] == "bb"  # and not "bbb"
    assert texts[7] == "bbbdd"


def test_a_copy_that_was_cut_leaves_a_letter() -> None:
    begin = [Insert("ggg")], [Retain(1), Delete(2)], "undo", [Retain(2), Insert("xx")], "undo"
    texts = written(*begin, "undo")
    assert texts[:5] == ["ggg", "g", "ggg", "ggxxg", "ggg"]
    assert texts[5] == "g"  # and not ""
