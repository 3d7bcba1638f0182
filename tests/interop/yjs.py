"""Documents of npm `yjs` under Node, and the world that they share with ours."""

from __future__ import annotations

import json
import random
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sync.document.delta import Delete, Delta, Embed, Insert, Retain
from sync.document.document import Document
from sync.types import Origin

TEXTS = ["a", "bc", " ", "word ", "é", "e\u0301", "中文", "😀", "👩🏽‍🚀", "שלום", "𝔘", "\n", "x\ny"]
INLINE: list[dict[str, object]] = [
    {"bold": True},
    {"bold": None},
    {"italic": True},
    {"link": "https://example.org"},
    {"unheard-of": 1},
]
BLOCK: list[dict[str, object]] = [
    {"header": 2},
    {"header": None},
    {"list": "bullet"},
    {"list": "ordered", "indent": 1},
]


class Yjs:
    """A Node process that holds Yjs documents (`yjs.mjs`)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", str(Path(__file__).parent / "yjs.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Yjs:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait(30)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def ask(self, verb: str, page: str, **fields: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": verb, "page": page, **fields}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["ok"]


class Theirs:
    """A document of Yjs."""

    def __init__(
        self, yjs: Yjs, name: str, client: int, *, gc: bool = True, state: bytes = b""
    ) -> None:
        self.yjs, self.name = yjs, name
        encoded = b64encode(state).decode()
        yjs.ask("open", name, client=client, gc=gc, state=encoded)

    def edit(self, rng: random.Random) -> list[bytes]:
        """Write something and return its updates."""
        self.ask("edit", seed=rng.getrandbits(31), steps=rng.randint(1, 4))
        return [b64decode(update) for update in self.ask("take")]

    def apply(self, updates: Sequence[bytes]) -> None:
        if updates:
            self.ask("apply", updates=[b64encode(update).decode() for update in updates])

    def contents(self) -> list[dict[str, Any]]:
        """What the text says; and see that a Quill editor would show just that."""
        delta, shown = self.ask("delta")
        assert shown == delta, (shown, delta)
        assert isinstance(delta, list)
        return delta

    def ask(self, verb: str, **fields: Any) -> Any:
        return self.yjs.ask(verb, self.name, **fields)


class Ours:
    """A document of Inkstand."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._updates: list[bytes] = []
        document.on_update(lambda update, _: self._updates.append(update))

    def edit(self, rng: random.Random) -> list[bytes]:
        for _ in range(rng.randint(1, 4)):
            edit(self.document, rng)
        return self.take()

    def take(self) -> list[bytes]:
        updates, self._updates = self._updates, []
        return updates

    def apply(self, updates: Sequence[bytes]) -> None:
        for update in updates:
            self.document.apply_update(update)

    def contents(self) -> list[dict[str, Any]]:
        return contents(self.document)


def contents(document: Document) -> list[dict[str, Any]]:
    """The content as Yjs' `toDelta` writes it."""
    delta = []
    for part in document.contents():
        content = part.content
        said: dict[str, Any] = {"insert": content.value if isinstance(content, Embed) else content}
        if part.attributes:
            said["attributes"] = dict(part.attributes)
        delta.append(said)
    return delta


def boundaries(document: Document) -> list[int]:
    """All UTF-16 indices that are not inside a character."""
    places = [0]
    for part in document.contents():
        for character in part.content if isinstance(part.content, str) else "\0":
            places.append(places[-1] + (2 if character > "\uffff" else 1))
    return places


def edit(document: Document, rng: random.Random) -> None:
    """Write something, take it back, or bring it again."""
    places = boundaries(document)
    first = rng.randrange(len(places))
    last = rng.choice([first, first + 1, first + 3, rng.randrange(len(places))])
    first, last = sorted((first, min(last, len(places) - 1)))
    start, length = places[first], places[last] - places[first]
    skip: Delta = [Retain(start)] if start else []
    attributes = rng.choice([{}, *INLINE])
    match rng.randrange(8):
        case 0:
            document.undo()
        case 1:
            document.redo()
        case 2 if length:
            document.apply([*skip, Delete(length)], Origin.COMMAND)
        case 3 if length:
            document.apply([*skip, Retain(length, rng.choice(INLINE + BLOCK))], Origin.COMMAND)
        case 4:
            embed = Embed(rng.choice([{"image": "x"}, {"footnote": {"text": "é"}}]))
            document.apply([*skip, Insert(embed, attributes)], Origin.COMMAND)
        case 5:
            pasted: Delta = [
                *skip,
                Delete(length),
                Insert(rng.choice(TEXTS), attributes),
                Insert("\n", rng.choice(BLOCK)),
            ]
            document.apply(pasted, Origin.COMMAND)
        case _:
            document.apply([*skip, Insert(rng.choice(TEXTS), attributes)], Origin.VIEW)


class World:
    """Replicas that hear of each other late, but always in causal order."""

    def __init__(self, replicas: Sequence[Ours | Theirs]) -> None:
        self.replicas = replicas
        self._log: list[tuple[int, bytes]] = []
        self._heard = [0] * len(replicas)

    def edit(self, number: int, rng: random.Random) -> None:
        self.say(number, self.replicas[number].edit(rng))

    def say(self, number: int, updates: Sequence[bytes]) -> None:
        self._log += [(number, update) for update in updates]

    def deliver(self, number: int, count: int | None = None) -> None:
        """Give one replica the next updates; all that there are, if None."""
        start = self._heard[number]
        end = len(self._log) if count is None else min(len(self._log), start + count)
        self._heard[number] = end
        told = [update for sender, update in self._log[start:end] if sender != number]
        self.replicas[number].apply(told)

    def settle(self) -> None:
        """Deliver everything, and what is said in answer."""
        while any(heard < len(self._log) for heard in self._heard):
            for number, replica in enumerate(self.replicas):
                self.deliver(number)
                if isinstance(replica, Theirs):  # cleans up formats when it hears
                    self.say(number, [b64decode(update) for update in replica.ask("take")])
