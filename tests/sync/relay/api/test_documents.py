"""Documents and their members."""

from __future__ import annotations

import pytest

from tests.sync.relay.api.client import Api, Person


class TestDocuments:
    def test_publishing_again_changes_nothing(self, ada: Person, ben: Person) -> None:
        book = {"id": "my-book", "title": "Mine"}
        first = ben.post("/api/documents", book)
        assert (first.status, first["role"], first["shared"]) == (201, "owner", False)
        again = ben.post("/api/documents", {**book, "title": "Other"})
        assert (again.status, again["title"]) == (200, "Mine")
        assert ada.post("/api/documents", book).status == 409

    def test_many_are_published_at_once(self, ada: Person, ben: Person, book: str) -> None:
        theirs = book.rpartition("/")[2]
        new = [{"id": "one", "title": "One"}, {"id": "two"}, {"id": theirs}]
        for _ in range(2):
            answer = ben.post("/api/documents/publish", {"documents": new})
            assert (answer.status, answer["roles"]) == (
                200,
                {"one": "owner", "two": "owner", theirs: None},
            )
        titles = {d["id"]: d["title"] for d in ben.get("/api/documents")["documents"]}
        assert (titles["one"], titles["two"]) == ("One", "")
        ada.share(book, ben, "editor")
        answer = ben.post("/api/documents/publish", {"documents": [{"id": theirs}]})
        assert answer["roles"] == {theirs: "editor"}
        assert ben.get(book)["title"] == "Book"

    def test_no_more_are_published_at_once_than_it_says(self, ben: Person) -> None:
        new = [{"id": f"d{n}"} for n in range(101)]
        assert ben.post("/api/documents/publish", {"documents": new}).status == 422
        assert "d0" not in {d["id"] for d in ben.get("/api/documents")["documents"]}

    def test_the_list_names_role_title_and_who_shares(
        self, ada: Person, ben: Person, book: str
    ) -> None:
        ada.share(book, ben, "commenter")
        [listed] = [d for d in ben.get("/api/documents")["documents"] if book.endswith(d["id"])]
        assert listed == ben.get(book).json
        assert (listed["role"], listed["title"], listed["shared"]) == ("commenter", "Book", True)
        assert listed["created"] > 0

    @pytest.mark.parametrize(
        "taken", ["../x", "", "a/b", "book.comments", "library.0123", "x" * 65]
    )
    def test_ids_that_are_none_or_the_relays_own(self, ada: Person, taken: str) -> None:
        assert ada.post("/api/documents", {"id": taken}).status == 422

    def test_who_may_write_may_rename(self, ada: Person, ben: Person, book: str) -> None:
        ada.share(book, ben, "viewer")
        assert ada.call("PATCH", book, {"title": "Grüße 😀"})["title"] == "Grüße 😀"
        assert ben.call("PATCH", book, {"title": "Mine"}).status == 403
        assert ben.get(book)["title"] == "Grüße 😀"

    def test_nobody_learns_of_another_persons_document(self, eve: Person, book: str) -> None:
        for path in ("", "/members", "/invites", "/attachments/" + "0" * 64):
            there, nowhere = eve.get(book + path), eve.get("/api/documents/nothing" + path)
            assert there.status == nowhere.status == 404
            assert there.json == nowhere.json

    def test_strangers_sign_in_first(self, api: Api, book: str) -> None:
        for path in ("/api/documents", book, f"{book}/members", "/api/me"):
            answer = api.get(path)
            assert (answer.status, answer["detail"]) == (401, "Sign in first.")
            assert answer.headers["www-authenticate"] == "Bearer"


class TestMembers:
    def test_every_member_sees_them_all(self, ada: Person, ben: Person, book: str) -> None:
        ada.share(book, ben, "viewer")
        assert [(m["name"], m["role"]) for m in ben.get(f"{book}/members")["members"]] == [
            ("ada", "owner"),
            ("ben", "viewer"),
        ]

    def test_only_the_owner_changes_roles(
        self, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        ada.share(book, ben, "editor")
        mine = f"{book}/members/{ben.user_id}"
        assert ben.put(mine, {"role": "owner"}).status == 403
        assert ada.put(mine, {"role": "viewer"}).status == 204
        assert ben.role_in(book) == "viewer"
        # Members come by invites: an id alone adds nobody.
        assert ada.put(f"{book}/members/{eve.user_id}", {"role": "viewer"}).status == 404
        assert eve.role_in(book) is None

    def test_leaving_and_being_removed(
        self, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        ada.share(book, ben, "editor")
        ada.share(book, eve, "viewer")
        assert eve.delete(f"{book}/members/{ben.user_id}").status == 403
        assert eve.delete(f"{book}/members/{eve.user_id}").status == 204
        assert ada.delete(f"{book}/members/{ben.user_id}").status == 204
        assert ada.delete(f"{book}/members/{ben.user_id}").status == 404
        assert (ben.role_in(book), eve.role_in(book)) == (None, None)

    def test_the_last_owner_stays(self, ada: Person, ben: Person, book: str) -> None:
        mine = f"{book}/members/{ada.user_id}"
        assert ada.delete(mine).status == 409
        assert ada.put(mine, {"role": "editor"}).status == 409
        ada.share(book, ben, "editor")
        assert ada.put(f"{book}/members/{ben.user_id}", {"role": "owner"}).status == 204
        assert ada.delete(mine).status == 204
        assert ben.role_in(book) == "owner"

    def test_ownership_changes_hands_at_once(
        self, ada: Person, ben: Person, eve: Person, book: str
    ) -> None:
        ada.share(book, ben, "viewer")
        assert ada.post(f"{book}/transfer", {"user_id": eve.user_id}).status == 404
        assert ben.post(f"{book}/transfer", {"user_id": ben.user_id}).status == 403
        assert ada.post(f"{book}/transfer", {"user_id": ben.user_id})["role"] == "editor"
        assert (ada.role_in(book), ben.role_in(book)) == ("editor", "owner")
