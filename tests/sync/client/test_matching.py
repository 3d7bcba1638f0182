"""Two lists of documents, and what is to be done about them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sync.client.account import RelayDocument
from sync.client.matching import Plan, match
from sync.store.accounts import Account
from sync.store.documents import DocumentRecord
from sync.types import DocumentId, Role, comments_id, library_id

IDS = [DocumentId(name) for name in "abcd"]
ME = "0" * 32
ACCOUNT = Account("wss://relay.example", ME, "Ada")
STATES = st.sampled_from([None, "s1", "s2"])


def record(
    document_id: DocumentId,
    role: Role | None = Role.OWNER,
    *,
    on_relay: bool = True,
    waiting: int = 0,
    refused: int = 0,
    state: str | None = "s1",
) -> DocumentRecord:
    return DocumentRecord(document_id, "", "", waiting, refused, role, on_relay, None, state, None)


RECORDS = st.builds(
    record,
    st.sampled_from([*IDS, *map(comments_id, IDS), library_id(ME), library_id("1" * 32)]),
    st.none() | st.sampled_from(Role),
    on_relay=st.booleans(),
    waiting=st.integers(0, 1),
    refused=st.integers(0, 1),
    state=STATES,
)
LISTED = st.builds(
    RelayDocument, st.sampled_from(IDS), st.just("T"), st.sampled_from(Role), STATES, STATES
)


@given(
    st.lists(LISTED, unique_by=lambda d: d.id),
    st.lists(RECORDS, unique_by=lambda r: r.id),
    st.sets(st.sampled_from(IDS)),
)
def test_every_document_has_its_place(
    listed: list[RelayDocument], records: list[DocumentRecord], denied: set[DocumentId]
) -> None:
    plan = match(listed, records, ACCOUNT, denied)
    here = {record.id: record for record in records}
    on_relay = {document.id for document in listed}
    assert {*on_relay, library_id(ME)} <= set(plan.states)
    assert library_id("1" * 32) not in plan.states
    assert set(plan.sync) <= set(plan.states)
    assert set(plan.create) == set(plan.states) - set(here)
    for document_id, state in plan.states.items():
        known = here.get(document_id)
        skipped = document_id not in plan.sync
        if skipped:  # only what is certain to be the same on both sides
            assert known is not None
            assert known.relay_state == state is not None
            assert known.role is plan.roles.get(document_id, known.role)
            assert not known.waiting
            assert not known.refused
    for gone in plan.lost:
        assert gone not in on_relay
        assert gone not in denied
        assert here[gone].role is not Role.OWNER or gone not in IDS
    published = {record.id for record in plan.publish}
    assert published <= set(IDS) - on_relay - denied
    for known in records:  # nothing that was written here is left without a word
        if known.id in IDS and known.waiting and known.id not in denied:
            assert known.id in {*plan.sync, *published, *plan.lost}


def test_comments_come_with_their_document() -> None:
    book, comments = IDS[0], comments_id(IDS[0])
    listed = RelayDocument(book, "Book", Role.COMMENTER, "s1", "s1")
    plan = match([listed], [record(book, Role.COMMENTER)], ACCOUNT, ())
    assert plan.create == {comments: "", library_id(ME): ""}
    assert plan.roles[comments] is Role.COMMENTER
    assert plan.sync == [library_id(ME), comments]
    # What was written of them when access was lost is said to stay here.
    lost = record(book, None), record(comments, Role.COMMENTER, waiting=1)
    assert match([], lost, ACCOUNT, ()).lost == [comments]


def test_a_relay_that_names_no_states_is_asked_for_everything() -> None:
    plan = match([RelayDocument(IDS[0], "", Role.OWNER)], [record(IDS[0])], ACCOUNT, ())
    assert IDS[0] in plan.sync


def test_a_relay_gets_nothing_of_what_belongs_to_another() -> None:
    elsewhere = "wss://other.example"
    theirs = [
        replace(record(one, role, waiting=1), home=f"{ME} at {elsewhere}", elsewhere=elsewhere)
        for one in (IDS[0], comments_id(IDS[0]), library_id(ME))
        for role in [Role.OWNER]
    ]
    here_only = replace(record(IDS[1], None, on_relay=False), home="", elsewhere="")
    # Whatever it claims to have, and whoever it says the person is.
    claimed = [RelayDocument(one, "T", Role.OWNER, "s2", "s2") for one in IDS[:2]]
    assert match(claimed, [*theirs, here_only], ACCOUNT, ()) == Plan()
    assert match([], [*theirs, here_only], ACCOUNT, ()) == Plan()


def test_what_two_people_of_one_relay_share_goes_with_who_is_signed_in() -> None:
    url = ACCOUNT.relay_url
    shared = replace(record(IDS[0], Role.EDITOR), home=f"{'1' * 32} at {url}", elsewhere=url)
    private = replace(record(IDS[1], Role.OWNER), home=f"{'1' * 32} at {url}", elsewhere=url)
    listed = RelayDocument(IDS[0], "T", Role.EDITOR, "s1")
    plan = match([listed], [shared, private], ACCOUNT, ())
    assert plan.roles[IDS[0]] is Role.EDITOR
    assert IDS[0] in plan.sync
    assert not plan.publish
    assert not plan.lost
