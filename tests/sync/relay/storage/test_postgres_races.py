"""Two nodes change the same accounts at the same moment: what must happen once happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from sync.errors import LastOwner, NameTaken, NotAMember
from sync.relay.audit import MACHINE, Actor
from sync.relay.storage.base import SignIn, User
from sync.relay.storage.postgres.accounts import PostgresAccounts
from sync.relay.storage.postgres.storage import PostgresStorage
from sync.types import DocumentId, Role

ROUNDS = 25
FOREVER = 1e10

Nodes = tuple[PostgresAccounts, PostgresAccounts]


@pytest.fixture
def nodes(postgres_url: str) -> Iterator[Nodes]:
    here, there = PostgresStorage(postgres_url), PostgresStorage(postgres_url)
    yield here.accounts, there.accounts
    here.close()
    there.close()


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do all of them at the same moment; return the result of each, or what it raised."""
    barrier = threading.Barrier(len(works))

    def begin(work: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return work()
        except (LastOwner, NameTaken, NotAMember) as error:
            return type(error)

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(begin, works))


_numbers = count()


def somebody(accounts: PostgresAccounts) -> User:
    return accounts.add_user(f"user {next(_numbers)}", "hash")


def book(accounts: PostgresAccounts, *owners: User) -> DocumentId:
    document_id = DocumentId(f"book{next(_numbers)}")
    accounts.create_document(document_id, "Book", owners[0].id)
    for owner in owners[1:]:
        accounts.share(document_id, owner.id, Role.OWNER)
    return document_id


def owners_of(accounts: PostgresAccounts, document_id: DocumentId) -> int:
    return [member.role for member in accounts.members(document_id)].count(Role.OWNER)


def test_a_refresh_token_that_is_used_twice_ends_the_sign_in(nodes: Nodes) -> None:
    here, there = nodes
    ada = somebody(here)
    for number in range(ROUNDS):
        token, one, other = (b"%d %s" % (number, name) for name in (b"token", b"one", b"other"))
        family = here.start_family(ada.id, token, 0, FOREVER)
        found = at_once(
            lambda token=token, one=one: here.rotate(token, one, 100, FOREVER, grace=-1),
            lambda token=token, other=other: there.rotate(token, other, 100, FOREVER, grace=-1),
        )
        assert found.count(None) == 1
        assert SignIn(ada.id, family) in found
        for successor in (one, other):
            assert here.rotate(successor, b"next", 101, FOREVER, grace=-1) is None
        here.revision()
        assert not here.is_signed_in(family)


def test_a_request_that_came_twice_is_answered_twice_and_one_answer_is_good(nodes: Nodes) -> None:
    here, there = nodes
    ada = somebody(here)
    for number in range(ROUNDS):
        token, one, other = (b"%d %s" % (number, name) for name in (b"token", b"one", b"other"))
        family = here.start_family(ada.id, token, 0, FOREVER)
        found = at_once(
            lambda token=token, one=one: here.rotate(token, one, 100, FOREVER, grace=10),
            lambda token=token, other=other: there.rotate(token, other, 100, FOREVER, grace=10),
        )
        assert found == [SignIn(ada.id, family)] * 2
        # Whichever was second made the first's answer void: who uses both was two.
        good = at_once(
            lambda one=one, number=number: here.rotate(one, b"%d a" % number, 500, FOREVER, 10),
            lambda other=other, number=number: there.rotate(
                other, b"%d b" % number, 500, FOREVER, 10
            ),
        )
        assert None in good
        here.revision()
        assert not here.is_signed_in(family)


def test_an_invite_is_good_once(nodes: Nodes) -> None:
    here, there = nodes
    ada, ben, cleo = (somebody(here) for _ in range(3))
    for number in range(ROUNDS):
        document_id, code = book(here, ada), b"code %d" % number
        here.create_invite(document_id, code, Role.EDITOR, FOREVER, Actor(ada.id, None))
        found = at_once(
            lambda code=code: here.accept_invite(code, ben.id, MACHINE),
            lambda code=code: there.accept_invite(code, cleo.id, MACHINE),
        )
        assert found.count(None) == 1
        assert len(here.members(document_id)) == 2


def test_an_invite_makes_one_account(nodes: Nodes) -> None:
    here, there = nodes
    ada = somebody(here)
    for number in range(ROUNDS):
        document_id, code = book(here, ada), b"code %d" % number
        here.create_invite(document_id, code, Role.EDITOR, FOREVER, Actor(ada.id, None))
        before = len(here.users())
        found = at_once(
            lambda code=code, number=number: here.sign_up(code, f"ben {number}", "hash", None),
            lambda code=code, number=number: there.sign_up(code, f"cleo {number}", "hash", None),
        )
        assert found.count(None) == 1
        assert len(here.users()) == before + 1


def test_a_name_is_given_once(nodes: Nodes) -> None:
    here, there = nodes
    for number in range(ROUNDS):
        found = at_once(
            lambda number=number: here.add_user(f"Ada {number}", "hash"),
            lambda number=number: there.add_user(f"ADA {number}", "hash"),
        )
        assert found.count(NameTaken) == 1


@pytest.mark.parametrize("role", [None, Role.EDITOR])
def test_somebody_stays_the_owner(nodes: Nodes, role: Role | None) -> None:
    here, there = nodes
    ada, ben = somebody(here), somebody(here)
    for _ in range(ROUNDS):
        document_id = book(here, ada, ben)
        found = at_once(
            lambda document_id=document_id: here.share(document_id, ada.id, role),
            lambda document_id=document_id: there.share(document_id, ben.id, role),
        )
        assert found.count(LastOwner) == 1
        assert owners_of(here, document_id) == 1


def test_a_document_is_handed_over_to_one(nodes: Nodes) -> None:
    here, there = nodes
    ada, ben, cleo = (somebody(here) for _ in range(3))
    for _ in range(ROUNDS):
        document_id = book(here, ada)
        for person in (ben, cleo):
            here.share(document_id, person.id, Role.EDITOR)
        found = at_once(
            lambda document_id=document_id: here.transfer(document_id, ada.id, ben.id, MACHINE),
            lambda document_id=document_id: there.transfer(document_id, ada.id, cleo.id, MACHINE),
        )
        assert found.count(NotAMember) == 1
        assert owners_of(here, document_id) == 1
