"""Comments written by Yjs itself pass the relay's rule, and read as ours do."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from sync.document.comments import Comments
from sync.document.delta import Embed, Insert, insert
from sync.relay.comments import Refused, judge
from sync.types import Origin, Role
from tests.interop.yjs import Theirs, Yjs
from tests.sync.document.desks import desks, meet

EMPTY = b"\x00\x00"


def by_yjs(user: str, thread: str, state: bytes = b"") -> bytes:
    """Return the update of a comment made with Yjs."""
    arguments = [user, thread, base64.b64encode(state).decode()]
    made = subprocess.run(
        ["node", str(Path(__file__).parent / "comments.mjs"), *arguments],
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    return base64.b64decode(made.stdout)


def test_a_thread_of_yjs_answered_by_us_and_the_other_way_round() -> None:
    relay = Comments("relay")
    first = by_yjs("ada", "t1")
    judge(EMPTY, first, "ada", Role.COMMENTER)
    relay.apply_update(first)
    ben = Comments("ben")
    ben.apply_update(first)
    ben.reply("t1", "from us")
    answer = ben.update_since(relay.state_vector())
    judge(relay.update_since(), answer, "ben", Role.COMMENTER)
    relay.apply_update(answer)
    again = by_yjs("ada", "t1", relay.update_since())
    judge(relay.update_since(), again, "ada", Role.COMMENTER)
    with pytest.raises(Refused, match="another person's name"):
        judge(relay.update_since(), again, "eve", Role.COMMENTER)
    relay.apply_update(again)
    [thread] = relay.threads()
    assert thread.quote == "Wörter 😀"
    assert thread.resolved
    assert {c.body for c in thread.comments} == {"from us", "from Yjs 😀"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_yjs_takes_in_what_two_accepted_at_once(order: tuple[int, int]) -> None:
    ada, ben = desks("ada", "ben", text="the quick 😀 fox\n")
    thread = ben.review.suggest(
        4, 12, [Insert("slow", {"bold": True}), Insert(Embed({"divider": True})), Insert("😀")]
    )
    meet(ada, ben)
    before = ada.document.encode_state()
    for desk in (ada, ben):
        desk.updates.clear()
        desk.document.apply(insert(4, desk.name), Origin.VIEW)
        desk.review.accept(thread)
    sent = [[update for of, update in desk.updates if not of] for desk in (ada, ben)]
    meet(ada, ben)
    with Yjs() as yjs:
        theirs = Theirs(yjs, "page", 7, state=before)
        for number in order:
            theirs.apply(sent[number])
        shown = theirs.contents()
        text = "".join(part["insert"] if isinstance(part["insert"], str) else "·" for part in shown)
        assert text == ada.text.replace("😀 fox", "·😀 fox")
        assert text.count("slow") == text.count("·") == 1
        assert any("slow" in part["insert"] and "attributes" in part for part in shown)
        # Both undo the same: no word of the suggestion is left.
        for desk in (ada, ben):
            desk.updates.clear()
        ada.document.undo()
        meet(ada, ben)
        theirs.apply([update for of, update in ada.updates if not of])
        assert "slow" not in str(theirs.contents())
        assert ada.quote(thread) == ben.quote(thread) == "quick 😀"
