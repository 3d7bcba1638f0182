"""What is to be done to bring this device's list of documents and the relay's together.

A pure function of both lists, so no network and no disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sync.client.account import RelayDocument
from sync.store.accounts import Account
from sync.store.documents import DocumentRecord
from sync.types import DocumentId, Role, commented_id, comments_id, is_implied, library_id


@dataclass(slots=True)
class Plan:
    """In the order in which it is to be done."""

    create: dict[DocumentId, str] = field(default_factory=dict)
    """Documents that are not on this device, and their titles."""
    roles: dict[DocumentId, Role] = field(default_factory=dict)
    """Roles that this device does not know of."""
    states: dict[DocumentId, str | None] = field(default_factory=dict)
    """All that may be opened, and what the relay calls their states; None: it did not say."""
    sync: list[DocumentId] = field(default_factory=list)
    """Those of them in which one side may lack something."""
    publish: list[DocumentRecord] = field(default_factory=list)
    """Documents that the relay does not know, or has forgotten."""
    lost: list[DocumentId] = field(default_factory=list)
    """Documents that the relay no longer lets this person see, and that were not known as lost."""
    shared_again: list[DocumentId] = field(default_factory=list)
    """Documents that were known as lost."""


def match(
    listed: Iterable[RelayDocument],
    records: Iterable[DocumentRecord],
    account: Account,
    denied: Collection[DocumentId],
) -> Plan:
    """Compare the relay's list with all records of this device (those implied, too).

    `denied` are those that the relay refused on this connection. What belongs to another relay
    is not looked at, whatever this one claims to have; what belongs to somebody else at this one
    is, if it is listed for this person, too.
    """
    plan = Plan()
    listed, records = list(listed), list(records)
    ids = {document.id for document in listed}
    here = {record.id: record for record in records if _is_ours(record, account, ids)}
    theirs = {record.id for record in records} - here.keys()
    on_relay = set()

    def want(document_id: DocumentId, title: str, role: Role, state: str | None) -> None:
        record = here.get(document_id)
        if record is None:
            plan.create[document_id] = title
        moves = record is not None and record.home not in (None, account.key)
        if record is None or record.role is not role or not record.on_relay or moves:
            plan.roles[document_id] = role
        plan.states[document_id] = state
        known = record is not None and state is not None and record.relay_state == state
        # Who may write now and could only read before may have what the relay has lost since.
        known = known and document_id not in plan.roles
        if moves or not known or record is None or record.waiting or record.refused:
            plan.sync.append(document_id)

    if library_id(account.user_id) not in theirs:
        want(library_id(account.user_id), "", Role.OWNER, None)
    for document in listed:
        if document.id in theirs:
            continue
        on_relay.add(document.id)
        record, comments = here.get(document.id), comments_id(document.id)
        if record is not None and record.role is None:
            plan.shared_again.append(document.id)
        want(document.id, document.title, document.role, document.state)
        if comments not in theirs and (document.comments_state is not None or comments in here):
            want(comments, "", document.role, document.comments_state)
    for record in here.values():
        if record.id in on_relay or record.id in denied:
            continue
        if is_implied(record.id):
            text = here.get(commented_id(record.id) or record.id)
            if text is not None and text.id not in on_relay and text.lost and record.waiting:
                plan.lost.append(record.id)
            continue
        # An owner's document is not taken away: a relay that does not know it was
        # restored from a backup older than it, or refuses, because it is somebody else's.
        if not record.on_relay or record.role is Role.OWNER:
            plan.publish.append(record)
        elif record.role is not None or record.waiting:
            plan.lost.append(record.id)
    return plan


def _is_ours(record: DocumentRecord, account: Account, listed: Collection[DocumentId]) -> bool:
    if record.home is None or record.home == account.key:
        return True
    text = commented_id(record.id) or record.id
    return record.home.partition(" at ")[2] == account.relay_url and text in listed
