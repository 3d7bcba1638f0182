"""The comments beside a document: a Yjs document of flat maps, so that a commenter can write
there without touching the text, and the relay can tell whose each word is.

    threads      thread id         → {author, created, start, end, quote, suggestion?}
    comments     comment id        → {author, created, thread, body, edited?}
    resolutions  thread id         → {by, at, resolved}
    decisions    thread id/verdict/user id → {by, at, thread, verdict}
    authors      Yjs client id (decimal digits) → user id

Values are plain, never shared types: an entry changes as a whole, and the last change
wins, which can only be one of the same person's. Times are Unix milliseconds, for show
only. What the fields mean, who may write them, and what follows: docs/comments.md. Where a
thread is in the text: `sync.document.review`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pycrdt

from sync.document.comment_entries import (
    COMMENTS,
    DECISIONS,
    MAX_BODY,
    MAX_NAME,
    MAX_QUOTE,
    MAX_TIME,
    RESOLUTIONS,
    ROOTS,
    THREADS,
    decision_key,
    is_entry,
    read_suggestion,
)
from sync.document.entry_tables import EntryTables
from sync.document.new_entries import read_new_keys
from sync.document.positions import is_encodable
from sync.document.relative import RelativePosition
from sync.document.schema import AUTHORS
from sync.document.threads import Comment, Decision, Thread, Verdict
from sync.document.updates import CausalBuffer, guarded
from sync.errors import InvalidChange
from sync.types import LOCAL_ORIGINS, Origin

UpdateListener = Callable[[bytes, Origin], None]
ChangeListener = Callable[[frozenset[str]], None]


class Comments:
    """The comments of one document, as the person `author` (a user id) sees and writes them.

    Like a `Document` it belongs to one thread of the program.
    """

    def __init__(self, author: str, *, client_id: int | None = None) -> None:
        self.author = author
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        self._buffer = CausalBuffer(self._doc.get_state)
        self._maps: dict[str, pycrdt.Map[Any]] = {
            root: self._doc.get(root, type=pycrdt.Map) for root in ROOTS
        }
        self._tables = EntryTables(self._maps)
        self._entries = self._tables.entries
        self._said, self._decided = self._tables.said, self._tables.decided
        self._update_listeners: list[UpdateListener] = []
        self._change_listeners: list[ChangeListener] = []

    # Reading

    def threads(self) -> list[Thread]:
        """Return all threads in which something is said or proposed, oldest first.

        What is not shaped like one is left out. Answers to a thread that was deleted in
        the same moment make one that is nowhere: nothing that was said disappears.
        """
        ids = self._entries[THREADS].keys() | self._said.keys()
        threads = [thread for thread_id in ids if (thread := self.thread(thread_id))]
        return sorted(threads, key=lambda thread: (thread.created, thread.id))

    def thread(self, thread_id: str) -> Thread | None:
        """Return one thread; None if nothing is said or proposed there."""
        comments = tuple(
            sorted(
                (self._comment(comment_id) for comment_id in self._said.get(thread_id, ())),
                key=lambda comment: (comment.created, comment.id),
            )
        )
        entry = self._entries[THREADS].get(thread_id)
        if entry is None:
            if not comments:
                return None
            nowhere = RelativePosition()
            return Thread(
                thread_id, "", comments[0].created, nowhere, nowhere, "", False, None, comments
            )
        suggestion = read_suggestion(entry.get("suggestion"))
        if not comments and suggestion is None:
            return None
        resolution = self._entries[RESOLUTIONS].get(thread_id, {})
        decisions = (self._entries[DECISIONS][key] for key in self._decided.get(thread_id, ()))
        return Thread(
            thread_id,
            entry["author"],
            int(entry["created"]),
            RelativePosition.from_json(entry["start"]),
            RelativePosition.from_json(entry["end"]),
            entry["quote"],
            resolution.get("resolved", False),
            resolution.get("by"),
            comments,
            suggestion,
            tuple(
                sorted(
                    (Decision(d["by"], int(d["at"]), Verdict(d["verdict"])) for d in decisions),
                    key=lambda decision: (decision.at, decision.by, decision.verdict),
                )
            ),
        )

    def unread(self, seen: bytes) -> frozenset[str]:
        """Return the ids of others' comments, and threads with a suggestion, new since `seen`.

        `seen` is a `state_vector` of these comments from when the person looked last, or
        empty; no clock is asked. Raises `InvalidUpdate` if it is something else.
        """
        new = read_new_keys(guarded(self._doc.get_update, seen or None), (COMMENTS, THREADS))
        ids = {
            key
            for root, key in new
            if (entry := self._entries[root].get(key)) is not None
            and entry["author"] != self.author
            and (root == COMMENTS or "suggestion" in entry)
        }
        return frozenset(ids)

    def state_vector(self) -> bytes:
        """Return how far this copy has come."""
        return self._doc.get_state()

    def update_since(self, state_vector: bytes | None = None) -> bytes:
        """Return all that a copy at `state_vector` lacks; all there is, if None."""
        return self._doc.get_update(state_vector)

    # Writing. Each raises `InvalidChange` for what may not be.

    def add(
        self,
        start: RelativePosition,
        end: RelativePosition,
        quote: str,
        body: str,
        suggestion: Mapping[str, Any] | None = None,
    ) -> str:
        """Begin a thread about a place; return its id.

        With a comment, or with a suggestion (an entry's `suggestion`) that may have one.
        """
        thread_id = _new_id()
        entry: dict[str, Any] = {
            **self._signed(),
            "start": start.to_json(),
            "end": end.to_json(),
            "quote": quote[:MAX_QUOTE],
        }
        if suggestion is not None:
            entry["suggestion"] = dict(suggestion)
        if not is_entry(THREADS, thread_id, entry):
            raise InvalidChange("the suggestion is too long, or has what no document may hold")
        made: list[tuple[str, str, object]] = [(THREADS, thread_id, entry)]
        if body or suggestion is None:
            made.append((COMMENTS, _new_id(), self._new_comment(thread_id, body)))
        self._write(made)
        return thread_id

    def reply(self, thread_id: str, body: str) -> str:
        """Say something in a thread; return the comment's id."""
        self._check_thread(thread_id)
        comment_id, comment = _new_id(), self._new_comment(thread_id, body)
        # An answer stands below what it answers, whatever the clocks say.
        said = [self._comment(said).created + 1 for said in self._said.get(thread_id, ())]
        comment["created"] = min(max([comment["created"], *said]), MAX_TIME)
        self._write([(COMMENTS, comment_id, comment)])
        return comment_id

    def edit(self, comment_id: str, body: str) -> None:
        """Say it better; own comments only."""
        entry = {**self._own(COMMENTS, comment_id), "body": _checked(body), "edited": _now()}
        self._write([(COMMENTS, comment_id, entry)])

    def delete(self, comment_id: str) -> None:
        """Take it back; own comments only. Answers to it stay."""
        self._own(COMMENTS, comment_id)
        self._write([(COMMENTS, comment_id, None)])

    def delete_thread(self, thread_id: str) -> None:
        """Take an own thread back, with all own comments; not when others have answered."""
        self._own(THREADS, thread_id)
        said = self._said.get(thread_id, set())
        if any(self._comment(comment_id).author != self.author for comment_id in said):
            raise InvalidChange("others have answered there; resolve the thread instead")
        self._remove(thread_id, said)

    def tidy(self, thread_id: str) -> None:
        """Remove a thread with all that anybody said in it, as the document's owner may."""
        self._check_thread(thread_id)
        self._remove(thread_id, self._said.get(thread_id, set()))

    def resolve(self, thread_id: str, resolved: bool = True) -> None:
        """Say that a thread is done with, or that it is not."""
        self._check_thread(thread_id)
        entry = {"by": self.author, "at": _now(), "resolved": resolved}
        self._write([(RESOLUTIONS, thread_id, entry)])

    def decide(self, thread_id: str, verdict: Verdict) -> None:
        """Record this person's decision on a suggestion; `OPEN` takes back all but `ACCEPTED`.

        That the words go into the text is up to `sync.document.review`.
        """
        thread = self.thread(thread_id)
        if thread is None or thread.suggestion is None:
            raise InvalidChange("that suggestion is not there any more")
        if verdict is Verdict.WITHDRAWN and thread.author != self.author:
            raise InvalidChange("that is another person's suggestion")
        own = {d.verdict for d in thread.decisions if d.by == self.author}
        writes: list[tuple[str, str, object]] = []
        if verdict is Verdict.OPEN:
            writes += (
                (DECISIONS, decision_key(thread_id, known, self.author), None)
                for known in own - {Verdict.ACCEPTED}
            )
        elif verdict not in own:
            entry = {"by": self.author, "at": _now(), "thread": thread_id, "verdict": str(verdict)}
            writes.append((DECISIONS, decision_key(thread_id, verdict, self.author), entry))
        if writes:
            self._write(writes)

    def apply_update(self, update: bytes, origin: Origin = Origin.REMOTE) -> None:
        """Take in an update from elsewhere. Raises `InvalidUpdate`."""
        assert origin not in LOCAL_ORIGINS
        ready = self._buffer.admit(update)
        self._changing(lambda: [guarded(self._doc.apply_update, one) for one in ready])

    # Listening

    def on_update(self, listener: UpdateListener) -> Callable[[], None]:
        """Call `listener` with the update of each change made here; return how to stop it."""
        self._update_listeners.append(listener)
        return lambda: self._update_listeners.remove(listener)

    def on_change(self, listener: ChangeListener) -> Callable[[], None]:
        """Call `listener` with the ids of threads that have changed; return how to stop it."""
        self._change_listeners.append(listener)
        return lambda: self._change_listeners.remove(listener)

    # Inside

    def _write(self, entries: Collection[tuple[str, str, object]]) -> None:
        """Set entries (root, key, value), or remove those whose value is None."""
        before = self._doc.get_state()
        client = str(self._doc.client_id)

        def work() -> None:
            with self._doc.transaction(origin=Origin.COMMAND):
                if self._maps[AUTHORS].get(client) != self.author:
                    self._maps[AUTHORS][client] = self.author
                for root, key, entry in entries:
                    if entry is None:
                        del self._maps[root][key]
                    else:
                        self._maps[root][key] = entry

        changed = self._tables.follow(work)
        update = self._doc.get_update(before)
        for listener in tuple(self._update_listeners):
            listener(update, Origin.COMMAND)
        self._tell(changed)

    def _changing(self, work: Callable[[], object]) -> None:
        self._tell(self._tables.follow(work))

    def _tell(self, changed: set[str]) -> None:
        if changed:
            for listener in tuple(self._change_listeners):
                listener(frozenset(changed))

    def _comment(self, comment_id: str) -> Comment:
        entry = self._entries[COMMENTS][comment_id]
        edited = entry.get("edited")
        return Comment(
            comment_id,
            entry["author"],
            int(entry["created"]),
            entry["body"],
            None if edited is None else int(edited),
        )

    def _remove(self, thread_id: str, said: Collection[str]) -> None:
        # Resolutions and decisions stay: only whoever made them may remove them.
        self._write([(THREADS, thread_id, None), *((COMMENTS, one, None) for one in said)])

    def _signed(self) -> dict[str, Any]:
        if not self.author or len(self.author) > MAX_NAME:
            raise InvalidChange("nobody is signed in")
        return {"author": self.author, "created": _now()}

    def _new_comment(self, thread_id: str, body: str) -> dict[str, Any]:
        return {**self._signed(), "thread": thread_id, "body": _checked(body)}

    def _check_thread(self, thread_id: str) -> None:
        if thread_id not in self._entries[THREADS]:
            raise InvalidChange("that thread is not there any more")

    def _own(self, root: str, key: str) -> dict[str, Any]:
        entry = self._entries[root].get(key)
        if entry is None or entry["author"] != self.author:
            raise InvalidChange(f"that is another person's {root.removesuffix('s')}")
        return entry


def _checked(body: str) -> str:
    if not body.strip() or len(body) > MAX_BODY or not is_encodable(body):
        raise InvalidChange(f"a comment has 1 to {MAX_BODY:,} characters")
    return body


def _now() -> int:
    return min(int(time.time() * 1000), MAX_TIME)


def _new_id() -> str:
    return uuid.uuid4().hex
