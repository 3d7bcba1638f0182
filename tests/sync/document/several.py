"""Several people at one document, each with letters of their own: so it shows who wrote what."""

from __future__ import annotations

import random
from typing import ClassVar

from sync.document.delta import Embed, Insert, Retain, delete, format_range, insert
from sync.document.document import Document
from sync.document.edition import Edition, EmbedNames
from sync.types import Origin

FORMATS = [{"bold": True}, {"italic": True}, {"bold": None}, {"header": 2}, {"link": "https://x.y"}]


class Person:
    """A replica and who sits before it. Who undoes deletes own letters only.

    Else another's letters would come back as their own.
    """

    ALPHABETS: ClassVar = ["abcdé", "ABCDÉ", "12345", "😀😁👩🏽‍🚀𝔸", "中文字😎"]

    def __init__(self, number: int, rng: random.Random, *, undoes: bool) -> None:
        self.number = number
        self.user = f"user-{number % 4}"  # two of five are the same person
        self.document = Document(client_id=1000 - number * 7, author=self.user)
        self._rng = rng
        self._undoes = undoes
        self.alphabet = self.ALPHABETS[number]

    def words(self) -> str:
        rng = self._rng
        words = ["".join(rng.choices(self.alphabet, k=rng.randint(1, 5))) for _ in range(3)]
        return "".join(words[: rng.randint(1, 3)])

    def step(self) -> None:
        """Do something at random."""
        rng, document = self._rng, self.document
        parts = cells(document)
        at = rng.randint(0, len(parts) - 1) if parts else 0
        utf16 = sum(length for _, length in parts[:at])
        rest = parts[at:-1]
        match rng.randrange(8):
            case 0 | 1 if rest:
                size = rng.randint(1, min(len(rest), 12))
                if self._undoes:
                    size = next(
                        (
                            n
                            for n, (text, _) in enumerate(rest[:size])
                            if self.owner(text) != self.number
                        ),
                        size,
                    )
                units = sum(length for _, length in rest[:size])
                document.apply(delete(utf16, units), Origin.VIEW)
            case 2 if rest:
                units = sum(length for _, length in rest[: rng.randint(1, 10)])
                document.apply(format_range(utf16, units, rng.choice(FORMATS)), Origin.COMMAND)
            case 3:
                embed = Embed({"image": str(self.number)})
                document.apply(insert(utf16, embed), Origin.COMMAND)
            case 4 if self._undoes:
                document.undo()
            case 5 if self._undoes:
                document.redo()
            case 6 if rest:
                document.apply(
                    [
                        *([Retain(utf16)] if utf16 else []),
                        Insert(self.words(), {"bold": True}),
                        Insert(self.words()),
                    ],
                    Origin.COMMAND,
                )
            case _:
                document.apply(insert(utf16, self.words()), Origin.VIEW)

    @classmethod
    def owner(cls, text: str) -> int | None:
        """Return the number of the person who writes such text; None: nobody in particular."""
        if text.startswith("embed "):
            return int(text[6:])
        return next((n for n, letters in enumerate(cls.ALPHABETS) if text in letters), None)


def cells(document: Document) -> list[tuple[str, int]]:
    """Return each character, or "embed N", and its UTF-16 units."""
    found = []
    for part in document.contents():
        if isinstance(part.content, str):
            found += [(character, 1 + (character > "\uffff")) for character in part.content]
        else:
            found.append((f"embed {part.content.value['image']}", 1))
    return found


class Table:
    """People who get each other's updates in order, but not at once."""

    def __init__(self, seed: int, people: int = 3) -> None:
        self.rng = rng = random.Random(seed)
        numbers = rng.sample(range(5), people)
        self.people = [Person(n, rng, undoes=place == 0) for place, n in enumerate(numbers)]
        start = Document(client_id=5)
        start.apply(insert(0, "\n"), Origin.COMMAND)
        for person in self.people:
            person.document.apply_update(start.encode_state())

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.rng.choice(self.people).step()
            if self.rng.random() < 0.2:
                self.deliver(*self.rng.sample(range(len(self.people)), 2))

    def deliver(self, sender: int, receiver: int) -> None:
        """Give one person what another has made and got so far."""
        ours, theirs = self.people[receiver].document, self.people[sender].document
        ours.apply_update(theirs.update_since(ours.state_vector()))

    def exchange(self) -> None:
        """Bring everybody in step."""
        for _ in range(2):
            for sender in range(len(self.people)):
                for receiver in range(len(self.people)):
                    if sender != receiver:
                        self.deliver(sender, receiver)


def units(document: Document) -> str:
    """Return the text with one character for each UTF-16 unit."""
    return Edition.read(document.encode_state(), EmbedNames()).units
