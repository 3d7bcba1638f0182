"""The comments beside a document: a Yjs document of flat maps, so that a commenter can write
there without touching the text, and the relay can tell whose each word is.

    threads      thread id  → {author, created, start, end, quote}
    comments     comment id → {author, created, thread, body}
    resolutions  thread id  → {by, at, resolved}
    authors      Yjs client id (decimal digits) → user id

Values are plain, never shared types: an entry changes as a whole, and the last change
wins, which can only be one of the same person's. `start` and `end` are Yjs relative
positions in the content as JSON objects, `quote` the words that they stood around.
Ids are random, 32 hexadecimal digits. Times are Unix milliseconds, for show only.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pycrdt

from sync.document.schema import AUTHORS
from sync.document.updates import CausalBuffer, guarded
from sync.errors import InvalidChange
from sync.types import Origin

THREADS = "threads"
COMMENTS = "comments"
RESOLUTIONS = "resolutions"
ROOTS = (THREADS, COMMENTS, RESOLUTIONS, AUTHORS)

MAX_BODY = 16 * 1024
"""Characters of one comment."""
MAX_QUOTE = 1024
"""Characters of a quote."""

UpdateListener = Callable[[bytes, Origin], None]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said."""

    id: str
    author: str
    """User id."""
    created: int
    """Unix milliseconds."""
    body: str
    """Plain text."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said about one place, oldest first."""

    id: str
    author: str
    created: int
    start: Mapping[str, Any]
    end: Mapping[str, Any]
    """Relative positions (`sync.document.positions`)."""
    quote: str
    resolved: bool
    comments: tuple[Comment, ...]


class Comments:
    """The comments of one document, as the person `author` (a user id) sees and writes them."""

    def __init__(self, author: str, *, client_id: int | None = None) -> None:
        self.author = author
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        self._buffer = CausalBuffer(self._doc.get_state)
        self._threads, self._comments, self._resolutions, self._authors = (
            self._doc.get(root, type=pycrdt.Map) for root in ROOTS
        )
        self._listeners: list[UpdateListener] = []

    # Reading

    def threads(self) -> list[Thread]:
        """Return all threads, oldest first; what is not shaped like one is left out."""
        said: dict[str, list[Comment]] = {}
        for comment_id, entry in _entries(self._comments):
            if _is_comment(entry):
                comment = Comment(comment_id, entry["author"], int(entry["created"]), entry["body"])
                said.setdefault(entry["thread"], []).append(comment)
        resolutions = dict(_entries(self._resolutions))
        threads = [
            Thread(
                thread_id,
                entry["author"],
                int(entry["created"]),
                entry["start"],
                entry["end"],
                entry["quote"],
                resolutions.get(thread_id, {}).get("resolved") is True,
                tuple(sorted(said.get(thread_id, ()), key=lambda c: (c.created, c.id))),
            )
            for thread_id, entry in _entries(self._threads)
            if _is_thread(entry)
        ]
        return sorted(threads, key=lambda thread: (thread.created, thread.id))

    def state_vector(self) -> bytes:
        """Return how far this copy has come."""
        return self._doc.get_state()

    def update_since(self, state_vector: bytes | None = None) -> bytes:
        """Return all that a copy at `state_vector` lacks; all there is, if None."""
        return self._doc.get_update(state_vector)

    # Writing. Each raises `InvalidChange` for what may not be.

    def add(self, start: Mapping[str, Any], end: Mapping[str, Any], quote: str, body: str) -> str:
        """Begin a thread about a place with a comment; return the thread's id."""
        thread_id = _new_id()
        entry = {
            **self._signed(),
            "start": dict(start),
            "end": dict(end),
            "quote": quote[:MAX_QUOTE],
        }
        comment = self._comment(thread_id, body)

        def write() -> None:
            self._threads[thread_id] = entry
            self._comments[_new_id()] = comment

        self._write(write)
        return thread_id

    def reply(self, thread_id: str, body: str) -> str:
        """Say something in a thread; return the comment's id."""
        if thread_id not in self._threads:
            raise InvalidChange("that thread is not there any more")
        comment_id, comment = _new_id(), self._comment(thread_id, body)
        # An answer stands below what it answers, whatever the clocks say.
        said = [c.created for t in self.threads() if t.id == thread_id for c in t.comments]
        comment["created"] = max([comment["created"], *(created + 1 for created in said)])
        self._write(lambda: self._comments.__setitem__(comment_id, comment))
        return comment_id

    def edit(self, comment_id: str, body: str) -> None:
        """Say it better; own comments only."""
        entry = {**self._own(comment_id), "body": _checked(body)}
        self._write(lambda: self._comments.__setitem__(comment_id, entry))

    def delete(self, comment_id: str) -> None:
        """Take it back; own comments only."""
        self._own(comment_id)
        self._write(lambda: self._comments.__delitem__(comment_id))

    def resolve(self, thread_id: str, resolved: bool = True) -> None:
        """Say that a thread is done with, or that it is not."""
        if thread_id not in self._threads:
            raise InvalidChange("that thread is not there any more")
        entry = {"by": self.author, "at": _now(), "resolved": resolved}
        self._write(lambda: self._resolutions.__setitem__(thread_id, entry))

    def apply_update(self, update: bytes) -> None:
        """Take in an update from elsewhere. Raises `InvalidUpdate`."""
        for ready in self._buffer.admit(update):
            guarded(self._doc.apply_update, ready)

    def on_update(self, listener: UpdateListener) -> None:
        """Call `listener` with the update of each change made here."""
        self._listeners.append(listener)

    def _write(self, write: Callable[[], None]) -> None:
        before = self._doc.get_state()
        with self._doc.transaction(origin=Origin.COMMAND):
            client = str(self._doc.client_id)
            if self._authors.get(client) != self.author:
                self._authors[client] = self.author
            write()
        update = self._doc.get_update(before)
        for listener in tuple(self._listeners):
            listener(update, Origin.COMMAND)

    def _signed(self) -> dict[str, Any]:
        return {"author": self.author, "created": _now()}

    def _comment(self, thread_id: str, body: str) -> dict[str, Any]:
        return {**self._signed(), "thread": thread_id, "body": _checked(body)}

    def _own(self, comment_id: str) -> dict[str, Any]:
        entry = dict(_entries(self._comments)).get(comment_id)
        if entry is None or entry.get("author") != self.author:
            raise InvalidChange("that is another person's comment")
        return entry


def is_entry(root: str, entry: Any) -> bool:
    """Whether a value may stand in one of `ROOTS`."""
    match root:
        case "threads":
            return _is_thread(entry)
        case "comments":
            return _is_comment(entry)
        case "resolutions":
            return _is_resolution(entry)
    return isinstance(entry, str)


def _is_thread(entry: Any) -> bool:
    return (
        _is_signed(entry)
        and isinstance(entry.get("start"), dict)
        and isinstance(entry.get("end"), dict)
        and _is_text(entry.get("quote"), MAX_QUOTE)
    )


def _is_comment(entry: Any) -> bool:
    return (
        _is_signed(entry)
        and isinstance(entry.get("thread"), str)
        and _is_text(entry.get("body"), MAX_BODY)
    )


def _is_resolution(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("by"), str)
        and _is_time(entry.get("at"))
        and isinstance(entry.get("resolved"), bool)
    )


def _is_signed(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("author"), str)
        and _is_time(entry.get("created"))
    )


def _is_time(value: Any) -> bool:
    # Integers come back as floats; a NaN compares as false.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most


def _checked(body: str) -> str:
    if not body.strip() or len(body) > MAX_BODY:
        raise InvalidChange(f"a comment has 1 to {MAX_BODY:,} characters")
    return body


def _entries(shared: pycrdt.Map[Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(key, value) for key, value in shared.items() if isinstance(value, dict)]


def _now() -> int:
    return int(time.time() * 1000)


def _new_id() -> str:
    return uuid.uuid4().hex
