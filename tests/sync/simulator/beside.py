"""What people do beside writing: they comment, suggest, decide, and organise their libraries."""

from __future__ import annotations

import random
from collections.abc import Callable

from sync.document.comments import Comments
from sync.document.delta import Insert
from sync.document.document import Document
from sync.document.library import ROOT, Library
from sync.document.library.format import is_id
from sync.document.review import Fit, Review, State
from sync.errors import InvalidChange
from sync.types import DocumentId, Role, comments_id, library_id
from tests.sync.simulator.device import SimulatedDevice


class Beside:
    """Decides and does it; all that is said is another thing than anybody else says."""

    def __init__(self, rng: random.Random, letter: Callable[[], str]) -> None:
        self._rng = rng
        self._letter = letter

    def comment(self, device: SimulatedDevice, document_id: DocumentId) -> None:
        """Do something in the comments beside a text, of which there is a window."""
        beside = comments_id(document_id)
        window = device.beside(beside, self._rng.getrandbits(32))
        role = device.store.document(document_id).role
        if window is None or role is None or not role.may_comment:
            return
        text, comments = device.windows[document_id].document, window.document
        assert isinstance(text, Document)
        assert isinstance(comments, Comments)
        review = Review(text, comments, role)
        # An acceptance is done in both: each window notes its own part.
        device.windows[document_id].look()
        device.do(window, lambda: self._say(device, beside, text, comments, review))
        review.close()

    def _say(
        self,
        device: SimulatedDevice,
        beside: DocumentId,
        text: Document,
        comments: Comments,
        review: Review,
    ) -> None:
        rng, own = self._rng, device.deeds[beside].inserted
        threads = [thread for thread in comments.threads() if thread.author]
        # What is said on one device is changed there only.
        mine = [one.id for thread in threads for one in thread.comments if one.body in own]
        match rng.randrange(12):
            case 0 | 1 | 2:
                start, end = self._range(text)
                if start < end:
                    review.comment(start, end, self._letter())
            case 3 | 4:
                review.suggest(*self._range(text), [Insert(self._letter() + self._letter())])
            case 5 | 6 if threads:
                comments.reply(rng.choice(threads).id, self._letter())
            case 7 if mine:
                comments.edit(rng.choice(mine), self._letter())
            case 8 if mine:
                comments.delete(rng.choice(mine))
            case 9 if threads:
                comments.resolve(rng.choice(threads).id, rng.random() < 0.6)
            case 10:
                for thread in threads:
                    alone = {one.id for one in thread.comments} <= set(mine)
                    if thread.author == device.user_id and alone and thread.suggestion is None:
                        comments.delete_thread(thread.id)
                        break
            case 11:
                self._decide(device, review)

    def _decide(self, device: SimulatedDevice, review: Review) -> None:
        proposals = [one.thread for one in review.threads() if one.thread.suggestion]
        proposals = [one for one in proposals if review.state(one.id) is State.OPEN]
        if not proposals:
            return
        thread = self._rng.choice(proposals)
        if review.role is Role.COMMENTER:
            if thread.author == device.user_id:
                review.withdraw(thread.id)
        elif self._rng.random() < 0.2:
            review.reject(thread.id)
        elif review.fit(thread.id) in (Fit.FITS, Fit.CHANGED) and not device.undoes:
            review.accept(thread.id, knowingly=True)

    def _range(self, text: Document) -> tuple[int, int]:
        """Return a short range of UTF-16 units before the last newline that cuts no character."""
        characters = text.text()[:-1]
        start = self._rng.randint(0, len(characters))
        end = min(start + self._rng.choice((0, 1, 3, 10)), len(characters))
        return utf16(characters[:start]), utf16(characters[:end])

    def organise(self, device: SimulatedDevice) -> None:
        """Do something in a person's library."""
        window = device.library(self._rng.getrandbits(32))
        if window is None:
            return
        library = window.document
        assert isinstance(library, Library)
        library.set_known([record.id for record in device.store.documents()])
        try:
            device.do(window, lambda: self._arrange(device, library))
        except InvalidChange:  # a folder into itself: nothing was changed
            return

    def _arrange(self, device: SimulatedDevice, library: Library) -> None:
        rng, view = self._rng, library.view()
        folders = sorted(filter(is_id, view.folders))
        documents = sorted(one for folder in view.folders.values() for one in folder.documents)
        some = rng.sample(documents, min(len(documents), rng.randint(1, 2)))
        match rng.randrange(14):
            case 0 | 1 | 2:
                library.add_folder(self._letter(), rng.choice([ROOT, *folders]))
            case 3 if folders:
                renamed = rng.choice(folders)
                library.rename_folder(renamed, self._letter())
                # It is there again, if undo took it away elsewhere at this moment.
                device.deeds[library_id(device.user_id or "")].revived.add(renamed)
            case 4 | 5 if folders or documents:
                item = rng.choice([*folders, *documents])
                library.move([item], rng.choice([ROOT, *folders]))
            case 6 if folders:
                library.delete_folder(rng.choice(folders))
            case 7:
                library.trash([*some, *rng.sample(folders, min(1, len(folders)))])
            case 8:
                library.restore([trashed.document for trashed in view.trash])
                # Folders come back with what is in them, whoever put them there.
                back = set(library.view().folders) - set(view.folders)
                device.deeds[library_id(device.user_id or "")].revived |= back
            case 9 if some:
                library.favour(some)
            case 10 if some:
                tags = [tag.id for tag in view.tags] or [library.add_tag(self._letter())]
                library.tag(some, rng.choice(tags))
            case 11:
                library.opened(rng.choice(documents)) if documents else None
            case 12:
                library.redo()
            case _:
                library.undo()


def utf16(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
