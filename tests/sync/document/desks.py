"""People who write one document with its comments, each on a device of their own."""

from __future__ import annotations

from sync.document.comments import Comments
from sync.document.delta import insert
from sync.document.document import Document
from sync.document.review import Review
from sync.types import Origin, Role


class Desk:
    """One person's document, comments and review."""

    def __init__(self, name: str, client_id: int, role: Role = Role.OWNER) -> None:
        self.name = name
        self.document = Document(client_id=client_id, author=name)
        self.comments = Comments(name, client_id=client_id)
        self.review = Review(self.document, self.comments, role)
        self.updates: list[tuple[bool, bytes]] = []
        """What was changed here, in order; whether it is of the comments."""
        self.document.on_update(lambda update, _: self.updates.append((False, update)))
        self.comments.on_update(lambda update, _: self.updates.append((True, update)))

    def take(self, update: tuple[bool, bytes]) -> None:
        of_comments, data = update
        if of_comments:
            self.comments.apply_update(data)
        else:
            self.document.apply_update(data, Origin.REMOTE)

    @property
    def text(self) -> str:
        return self.document.text()

    def quote(self, thread_id: str) -> str:
        """Return what stands at a thread's place now."""
        place = self.review.thread(thread_id).place
        return self.document.slice(place.start, place.end)


def meet(*desks: Desk) -> None:
    """Bring what each has to each other."""
    for _ in range(2):
        for one in desks:
            for other in desks:
                if one is not other:
                    document, comments = other.document, other.comments
                    since = one.document.update_since(document.state_vector())
                    document.apply_update(since, Origin.REMOTE)
                    comments.apply_update(one.comments.update_since(comments.state_vector()))


def desks(*names: str, text: str) -> list[Desk]:
    """Return desks on which the same text lies; the first one wrote it."""
    made = [Desk(name, number + 1) for number, name in enumerate(names)]
    made[0].document.apply(insert(0, text), Origin.COMMAND)
    meet(*made)
    return made
