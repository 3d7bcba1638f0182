"""Whose document an id names, and where it may go."""

from __future__ import annotations

from sync.types import (
    LOCAL_LIBRARY,
    DocumentId,
    commented_id,
    comments_id,
    is_document_id,
    is_implied,
    library_id,
    library_owner,
    stays_here,
)

PAPER = DocumentId("paper")


def test_a_library_has_an_owner() -> None:
    assert library_owner(library_id("0123")) == "0123"
    assert library_owner(PAPER) is None
    assert commented_id(comments_id(PAPER)) == PAPER
    assert commented_id(comments_id(library_id("0123"))) is None


def test_the_local_library_is_nobodys_and_stays_here() -> None:
    assert is_document_id(LOCAL_LIBRARY)
    assert is_implied(LOCAL_LIBRARY), "the relay creates it for nobody"
    assert library_owner(LOCAL_LIBRARY) is None
    assert stays_here(LOCAL_LIBRARY)
    assert not any(map(stays_here, (PAPER, comments_id(PAPER), library_id("0123"))))
