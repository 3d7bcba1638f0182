"""All exceptions of ``sync``.

    InkstandError
    ├── StoreError
    │   ├── ProfileInUse
    │   ├── CannotOpenProfile
    │   ├── NewerSchema
    │   ├── DatabaseDamaged
    │   │   ├── NothingReadable
    │   │   └── CannotSalvage
    │   ├── BackupFailed
    │   ├── RestoreFailed
    │   ├── CannotSave
    │   ├── UnknownDocument
    │   └── UnknownVersion
    ├── DocumentError
    │   ├── InvalidUpdate
    │   ├── InvalidChange
    │   └── InvalidPosition
    ├── ProtocolError
    ├── RelayError
    │   ├── RelayUnreachable
    │   │   └── ConnectionLost
    │   ├── NotSignedIn
    │   ├── SignInRefused
    │   ├── InvalidInvite
    │   ├── RelayRefused
    │   └── RelayBusy
    ├── AdministrationError
    │   ├── NameTaken
    │   ├── NotAMember
    │   ├── LastOwner
    │   └── TooMany
    ├── CannotHost
    ├── AttachmentRefused
    ├── ImportFailed
    └── ExportFailed

``str(error)`` is one sentence (or two) that a writer may read as it is: what
happened and what to do next. Nothing secret ever goes into one.
"""

from __future__ import annotations

from pathlib import Path

from sync.phrases import phrase


class InkstandError(Exception):
    """Base of every error that Inkstand raises on purpose."""


class StoreError(InkstandError):
    """The device's database cannot do what was asked."""


class ProfileInUse(StoreError):
    """Another process owns the profile."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def __str__(self) -> str:
        return phrase(
            "Inkstand is already open on {folder}. "
            "Close the other window or choose another folder with --data-dir.",
            folder=self.data_dir,
        )


class CannotOpenProfile(StoreError):
    """The profile's folder or database cannot be opened at all."""

    def __init__(self, data_dir: Path, detail: str) -> None:
        self.data_dir = data_dir
        self.detail = detail

    def __str__(self) -> str:
        return phrase(
            "Cannot open the folder {folder}: {detail}.", folder=self.data_dir, detail=self.detail
        )


class NewerSchema(StoreError):
    """The database was made by a newer version; it was not touched."""

    def __init__(self, path: Path | str, found: int, known: int) -> None:
        """`path` is the file, or what a database on a server is called."""
        self.path = path
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return phrase(
            "{file} was made by a newer version of Inkstand (format {found}, this one "
            "knows {known}). Nothing was changed; update Inkstand to open it.",
            file=self.path,
            found=str(self.found),
            known=str(self.known),
        )


class DatabaseDamaged(StoreError):
    """SQLite found the file to be no database, or a broken one; it was not touched."""

    def __init__(self, path: Path, detail: str) -> None:
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return phrase(
            "{file} is damaged ({detail}). Inkstand keeps it, and brings what can still be read "
            "into a new one at its next start.",
            file=self.path,
            detail=self.detail,
        )


class NothingReadable(DatabaseDamaged):
    """Nothing in a damaged database can be read; it was not touched."""

    def __init__(self, path: Path, backup: Path | None) -> None:
        super().__init__(path, "")
        self.backup = backup
        """The newest backup that there is."""

    def __str__(self) -> str:
        if self.backup is None:
            return phrase(
                "{file} is damaged, nothing in it can be read, and there is no backup. Nothing was "
                "changed; move it away and sign in again to fetch your documents from the relay.",
                file=self.path,
            )
        return phrase(
            "{file} is damaged, and nothing in it can be read. Nothing was changed. "
            "`inkstand restore {backup}` goes back to the newest backup.",
            file=self.path,
            backup=self.backup,
        )


class CannotSalvage(DatabaseDamaged):
    """What can be read of a damaged database could not be written to a new one."""

    def __str__(self) -> str:
        return phrase(
            "{file} is damaged, and what can still be read of it cannot be written to a new "
            "file: {detail}. Nothing was changed; make room on the disk, then try again.",
            file=self.path,
            detail=self.detail,
        )


class BackupFailed(StoreError):
    """There is no new backup, and no half-made one; the older ones are untouched."""

    def __init__(self, folder: Path, detail: str) -> None:
        self.folder = folder
        self.detail = detail

    def __str__(self) -> str:
        return phrase(
            "Cannot make a backup in {folder}: {detail}. Earlier backups are untouched.",
            folder=self.folder,
            detail=self.detail,
        )


class RestoreFailed(StoreError):
    """A backup could not take the place of what is in the profile, which was not changed."""

    def __init__(self, path: Path, detail: str) -> None:
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return phrase(
            "Cannot restore {path}: {detail}. Nothing was changed.",
            path=self.path,
            detail=self.detail,
        )


class CannotSave(StoreError):
    """A write did not reach the disk; the caller keeps what it wanted to write."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return phrase(
            "Cannot save on this device: {detail}. Your text is kept in memory.",
            detail=self.detail,
        )


class UnknownDocument(StoreError):
    """No document of that id is on this device."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id

    def __str__(self) -> str:
        return phrase(
            "There is no document {document} on this device. `inkstand list` shows those that are.",
            document=repr(self.document_id),
        )


class UnknownVersion(StoreError):
    """A document has no such version, or no longer."""

    def __str__(self) -> str:
        return phrase("This version is not kept any more. Choose another one from the list.")


class DocumentError(InkstandError):
    """A document cannot take a change."""


class InvalidUpdate(DocumentError):
    """Bytes that are no Yjs update; the document did not change."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return phrase("A change could not be read and was left out: {detail}.", detail=self.detail)


class InvalidChange(DocumentError):
    """A change that does not fit the document; a mistake of the caller."""


class InvalidPosition(DocumentError):
    """A relative position that is none, or a document that cannot have any."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return phrase("A place in the text could not be found: {detail}.", detail=self.detail)


class ProtocolError(InkstandError):
    """A frame that breaks the protocol; the connection closes with `code`."""

    def __init__(self, code: int, detail: str) -> None:
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"Protocol error {self.code}: {self.detail}"


class RelayError(InkstandError):
    """The relay did not do what was asked."""


class RelayUnreachable(RelayError):
    """No answer from that address; `no_network`: because this machine reaches nothing at all."""

    def __init__(self, url: str, detail: str, *, no_network: bool = False) -> None:
        self.url = url
        self.detail = detail
        self.no_network = no_network

    def __str__(self) -> str:
        return phrase(
            "Cannot reach the relay at {address}: {detail}.", address=self.url, detail=self.detail
        )


class ConnectionLost(RelayUnreachable):
    """The WebSocket was closed by the relay, or fell silent."""

    def __init__(
        self, url: str, detail: str, code: int | None, *, relay_is_gone: bool = False
    ) -> None:
        super().__init__(url, detail)
        self.code = code
        """The WebSocket's close code (`sync.protocol.close_codes`); None if it just ended."""
        self.relay_is_gone = relay_is_gone
        """Whether the far end ended it without a word, so that all others have lost it too."""

    def __str__(self) -> str:
        return phrase(
            "The connection to the relay at {address} ended: {detail}.",
            address=self.url,
            detail=self.detail,
        )


class NotSignedIn(RelayError):
    """There is no sign-in that the relay would accept."""

    def __str__(self) -> str:
        return phrase("Not signed in to a relay. Sign in to bring this device in step.")


class SignInRefused(RelayError):
    """Wrong name or password, or a sign-in that has ended."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class InvalidInvite(RelayError):
    """A text that is no invite."""

    def __str__(self) -> str:
        return phrase(
            "That is no invite. Copy the whole link, which begins with inkstand://join, or the "
            "code, and paste it again."
        )


class RelayRefused(RelayError):
    """The relay understood and said no."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return phrase("The relay refused: {detail}", detail=self.detail)


class AdministrationError(InkstandError):
    """The relay program cannot do what its administrator asked; nothing was changed."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class NameTaken(AdministrationError):
    """Two people cannot have one name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a user {name!r} already. Choose another name.")


class NotAMember(AdministrationError):
    """A role can be changed only of who has one."""

    def __init__(self) -> None:
        super().__init__("That person is no member of this document. Send them an invite.")


class LastOwner(AdministrationError):
    """Nobody would be left who may share the document."""

    def __init__(self) -> None:
        super().__init__("A document needs an owner. Make another member its owner first.")


class TooMany(AdministrationError):
    """A document has as many of something as it may have."""


class CannotDiscard(RelayError):
    """Local changes stay, because there is nothing to put in their place."""

    def __str__(self) -> str:
        return phrase(
            "The changes were not discarded: that needs a connection to the relay, and access to "
            "the document there."
        )


class RelayBusy(RelayError):
    """The relay asks to come again later."""

    def __init__(self, detail: str, retry_after: float) -> None:
        self.detail = detail
        self.retry_after = retry_after
        """Seconds to wait at least."""

    def __str__(self) -> str:
        return phrase(
            "The relay asks to try again in {seconds} s: {detail}",
            seconds=round(self.retry_after),
            detail=self.detail,
        )


class CannotHost(InkstandError):
    """No relay could be started on this computer."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return phrase(
            "No relay could be started on this computer: {detail}. Nothing was shared.",
            detail=self.detail,
        )


class AttachmentRefused(InkstandError):
    """Bytes that cannot be kept as an image; nothing was."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return phrase("This image cannot be added: {detail}.", detail=self.detail)


class ImportFailed(InkstandError):
    """A file that cannot become a document."""

    def __init__(self, path: Path, detail: str) -> None:
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return phrase("Cannot import {file}: {detail}.", file=self.path, detail=self.detail)


class ExportFailed(InkstandError):
    """A document that cannot be written to a file."""

    def __init__(self, path: Path, detail: str) -> None:
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return phrase("Cannot export to {file}: {detail}.", file=self.path, detail=self.detail)
