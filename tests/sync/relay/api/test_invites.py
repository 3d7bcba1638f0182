"""Invites: good once, for one document, and never more than they say."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sync.relay.api.client import PASSWORD, Answer, Api, Person
from tests.sync.relay.process import RelayProcess

Newcomer = Callable[[], Person]


def sign_up(api: Api, code: str, name: str, password: str = PASSWORD) -> Answer:
    return api.post("/api/invites/sign-up", {"code": code, "name": name, "password": password})


class TestAccepting:
    def test_an_invite_gives_its_role_once(
        self, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        code = ada.invite(book, "commenter")
        accepted = ben.accept(code)
        assert (accepted.status, accepted["role"], accepted["title"]) == (200, "commenter", "Book")
        assert ben.accept(code)["role"] == "commenter"  # its answer may have been lost
        assert eve.accept(code).status == 404
        assert eve.role_in(book) is None

    def test_of_two_who_race_one_wins(self, ada: Person, newcomer: Newcomer, book: str) -> None:
        racers = [newcomer() for _ in range(6)]
        code = ada.invite(book)
        with ThreadPoolExecutor(len(racers)) as pool:
            answers = list(pool.map(lambda racer: racer.accept(code).status, racers))
        assert sorted(answers) == [200] + [404] * 5
        assert len(ada.get(f"{book}/members")["members"]) == 2

    def test_it_raises_a_role_and_never_lowers_one(
        self, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        ada.share(book, ben, "commenter")
        lower = ada.invite(book, "viewer")
        assert ben.accept(lower)["role"] == "commenter"
        assert ada.accept(lower)["role"] == "owner"
        assert eve.accept(lower)["role"] == "viewer"  # so nobody has used it up
        assert ben.accept(ada.invite(book, "editor"))["role"] == "editor"

    def test_who_was_removed_does_not_come_back_by_it(
        self, ada: Person, ben: Person, book: str
    ) -> None:
        code = ada.invite(book)
        ben.accept(code)
        ada.delete(f"{book}/members/{ben.user_id}")
        assert ben.accept(code).status == 404

    def test_what_is_used_expired_revoked_or_unknown_sounds_the_same(
        self, relay: RelayProcess, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        used, expired, revoked = (ada.invite(book) for _ in range(3))
        assert ben.accept(used).status == 200
        *_, newest = ada.get(f"{book}/invites")["invites"]
        assert ada.delete(f"{book}/invites/{newest['id']}").status == 204
        relay.do("UPDATE invites SET expires = 1 WHERE used IS NULL")
        answers = [eve.accept(code) for code in (used, expired, revoked, "unknown")]
        assert {answer.status for answer in answers} == {404}
        assert len({answer["detail"] for answer in answers}) == 1

    def test_guessing_has_to_wait(self, newcomer: Newcomer) -> None:
        person = newcomer()
        answers = [person.accept(f"guess {number}").status for number in range(11)]
        assert answers == [404] * 10 + [429]


class TestMaking:
    def test_only_the_owner_makes_sees_and_revokes_them(
        self, ada: Person, ben: Person, book: str
    ) -> None:
        code = ada.invite(book, "viewer", hours=1)
        ada.share(book, ben, "editor")
        [invite] = ada.get(f"{book}/invites")["invites"]
        assert invite["role"] == "viewer"
        assert invite["created_by"] == ada.user_id
        assert invite["expires"] - invite["created"] == 3600
        assert code not in str(invite)
        assert ben.post(f"{book}/invites", {"role": "editor"}).status == 403
        assert ben.get(f"{book}/invites").status == 403
        assert ben.delete(f"{book}/invites/{invite['id']}").status == 403
        assert ada.delete(f"{book}/invites/{invite['id']}").status == 204
        assert ada.delete(f"{book}/invites/{invite['id']}").status == 404

    @pytest.mark.parametrize(
        "body",
        [{"role": "owner"}, {"role": "viewer", "hours": 0}, {"role": "viewer", "hours": 721}],
    )
    def test_what_cannot_be_invited_to(self, ada: Person, book: str, body: object) -> None:
        assert ada.post(f"{book}/invites", body).status == 422

    def test_who_no_longer_owns_it_has_invited_nobody(
        self, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        ada.share(book, ben, "editor")
        code = ada.invite(book)
        ada.post(f"{book}/transfer", {"user_id": ben.user_id})
        assert eve.accept(code).status == 404

    def test_a_document_has_a_bounded_number(self, ada: Person, book: str) -> None:
        for _ in range(100):
            ada.invite(book, "viewer")
        answer = ada.post(f"{book}/invites", {"role": "viewer"})
        assert (answer.status, "at most 100" in answer["detail"]) == (409, True)

    def test_the_code_is_kept_nowhere(self, relay: RelayProcess, ada: Person, book: str) -> None:
        code = ada.invite(book)
        assert len(code) >= 22  # 128 bits
        kept = relay.kept()
        assert b"invites" in kept
        assert code.encode() not in kept
        assert code.encode().hex().encode() not in kept


class TestSigningUp:
    def test_an_invite_makes_an_account(self, api: Api, ada: Person, book: str) -> None:
        code = ada.invite(book, "commenter")
        answer = sign_up(api, code, "Zoë")
        assert (answer.status, answer["name"]) == (201, "Zoë")
        assert answer["document"]["role"] == "commenter"
        assert Person(api.port, answer.json).role_in(book) == "commenter"
        assert api.sign_in("ZOË").status == 200
        assert sign_up(api, code, "Zoë's friend").status == 404

    def test_a_taken_name_leaves_the_invite_good(self, api: Api, ada: Person, book: str) -> None:
        code = ada.invite(book, "viewer")
        taken = sign_up(api, code, "ADA")
        assert (taken.status, "Choose another name" in taken["detail"]) == (409, True)
        assert sign_up(api, code, "Ada the other").status == 201

    def test_without_an_invite_nobody_learns_of_a_name(self, api: Api) -> None:
        taken, free = sign_up(api, "no code", "ada"), sign_up(api, "no code", "nobody here")
        assert taken.status == 404
        assert taken.json == free.json

    @pytest.mark.parametrize(
        ("name", "password"),
        [("", PASSWORD), (" ada", PASSWORD), ("a\nb", PASSWORD), ("a\u202eb", PASSWORD),
         ("x" * 201, PASSWORD), ("kim", "1234567"), ("kim", "x" * 1001), ("\ud800", PASSWORD)],
        ids=range(8),
    )  # fmt: skip
    def test_names_and_passwords_that_are_none(
        self, api: Api, ada: Person, book: str, name: str, password: str
    ) -> None:
        assert sign_up(api, ada.invite(book), name, password).status == 422
