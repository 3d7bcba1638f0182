"""The process in which the relay's documents are decoded, one question after the other.

`decoding` starts it and asks. It reads the log by itself, writes nothing, and knows only
what it was told since it was started.
"""

from __future__ import annotations

from typing import Any

import pycrdt

from sync.document.deletions import includes, read_deletions
from sync.document.updates import guarded, read_header
from sync.errors import AdministrationError
from sync.relay.beside import Message, serve
from sync.relay.comments import Refused, judge, own_part
from sync.relay.storage import elsewhere
from sync.relay.storage.replay import Replay
from sync.types import DocumentId, Role

REASONS_TOLD = 10
"""Why updates in the log were left out, in one answer."""


class Decoded:
    """What the process knows."""

    def __init__(self) -> None:
        self._documents: dict[DocumentId, Replay] = {}

    def answer(self, head: dict[str, Any], parts: list[bytes]) -> Message:
        """Answer one message of `decoding.Decoder`'s."""
        if head["do"] == "read":
            return {"empty": read_header(parts[0]).empty}, []
        document_id = DocumentId(head["document"])
        if head["do"] == "forget":
            self._documents.pop(document_id, None)
            return {}, []
        given, *news = parts
        document = self._documents.get(document_id)
        if document is None:
            stored = elsewhere.load(head["log"], document_id)
            document = self._documents[document_id] = Replay.of(stored)
        document.apply(news)
        answer, found = _about(document, given, head)
        reasons = [error.detail for error in document.unreadable[:REASONS_TOLD]]
        document.unreadable.clear()
        return {**answer, "left_out": reasons}, found


def _about(document: Replay, given: bytes, head: dict[str, Any]) -> Message:
    match head["do"]:
        case "answer":
            return {}, [document.state_vector(), document.since(given)]
        case "compare":
            return {"has": _has(document, given)}, []
        case "judge":
            state, user_id, role = document.state(), head["user"], Role(head["role"])
            try:
                judge(state, given, user_id, role)
            except Refused as error:
                part = own_part(state, given, user_id, role)
                return {"refused": str(error)}, [] if part is None else [part]
            return {"refused": None}, []
        case "take_in":
            return {}, []
    raise AdministrationError("there is no such question")


def _has(document: Replay, update: bytes) -> bool:
    """Whether `update` says nothing new: no struct and no deletion.

    Raises `InvalidUpdate` if it is none.
    """
    ends = read_header(update).ends
    clocks = document.clocks()
    if any(end > clocks.get(client, 0) for client, end in ends.items()):
        return False
    # Beyond what the document has there are no structs: deletions are all that is left.
    theirs = read_deletions(guarded(pycrdt.get_update, update, document.state_vector()))
    return includes(document.deletions(), theirs)


if __name__ == "__main__":
    serve(Decoded().answer)
