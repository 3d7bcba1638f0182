"""Comments written by Yjs itself pass the relay's rule, and read as ours do."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from sync.document.comments import Comments
from sync.relay.comments import Refused, judge
from sync.types import Role

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
