"""What was organised before the first sign-in comes into the library of who signs in."""

from __future__ import annotations

from collections.abc import Mapping

from sync.document.library import Library, adopt, claim, claimed_by, clear
from sync.store.store import Store
from sync.types import LOCAL_LIBRARY, DocumentId, Origin, library_id


def adopt_local_library(store: Store, user_id: str) -> Mapping[DocumentId, list[bytes]]:
    """Do what `sync.document.library.adoption` says; return what each library has gained.

    To be called when `library.<user id>` is in step with the relay. Blocks; each update is on
    the disk before the next is made, so a crash anywhere is made good by the next call. Raises
    `CannotSave` or `DatabaseDamaged`.
    """
    here = {record.id for record in store.documents(implied=True)}
    gained: dict[DocumentId, list[bytes]] = {}

    def state(document_id: DocumentId) -> bytes:
        stored = store.load(document_id)
        return Library.load(stored.snapshot, stored.updates).encode_state()

    def write(document_id: DocumentId, update: bytes | None) -> None:
        if update is not None:
            store.append_local(document_id, update, Origin.COMMAND, None).result()
            gained.setdefault(document_id, []).append(update)

    while LOCAL_LIBRARY in here:
        write(LOCAL_LIBRARY, claim(state(LOCAL_LIBRARY), user_id))
        whose = claimed_by(state(LOCAL_LIBRARY))
        if whose is None:
            break
        library = library_id(whose)  # somebody else's, if theirs was interrupted
        if library not in here:
            store.create_document(library, "").result()
            here.add(library)
        write(library, adopt(state(LOCAL_LIBRARY), state(library)))
        write(LOCAL_LIBRARY, clear(state(LOCAL_LIBRARY)))
        if whose == user_id:
            break
    return gained
