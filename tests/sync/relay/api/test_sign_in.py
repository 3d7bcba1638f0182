"""Signing in, staying signed in, passwords and signing keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from sync.protocol import close_codes
from sync.relay.auth import Auth, Refused
from sync.relay.storage.base import Accounts
from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.relay.throttle import FAILURES_FROM_ONE_PLACE, Key, Throttled, network_key
from tests.sync.relay.api.client import PASSWORD, Answer, Api, Person
from tests.sync.relay.local import local_relay
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

Newcomer = Callable[[], Person]


def refresh(api: Api, token: str) -> Answer:
    return api.post("/api/refresh", {"refresh_token": token})


def change_password(person: Person, old: str, new: str) -> Answer:
    return person.post("/api/change-password", {"old_password": old, "new_password": new})


class TestSigningIn:
    def test_it_says_who_one_is(self, ada: Person) -> None:
        me = ada.get("/api/me")
        assert (me["user_id"], me["name"]) == (ada.user_id, "ada")
        assert me["created"] > 0

    def test_a_wrong_password_and_an_unknown_name_sound_the_same(self, api: Api) -> None:
        known, unknown = api.sign_in("ada", "wrong"), api.sign_in("nobody here", "wrong")
        assert known.json == unknown.json
        assert (known.status, known["detail"]) == (401, "Wrong name or password.")

    def test_an_unknown_name_takes_as_much_work_as_a_wrong_password(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Counted, not timed: each is one verification of a hash of the same cost."""
        verified: list[str] = []
        verify = PasswordHasher.verify

        def count(self: PasswordHasher, hashed: str, password: str) -> bool:
            verified.append(hashed)
            return bool(verify(self, hashed, password))

        monkeypatch.setattr(PasswordHasher, "verify", count)
        storage = SqliteStorage(tmp_path)
        auth = Auth(storage.accounts)
        for name in ("ada", "gone"):
            storage.accounts.add_user(name, auth.hash_password(PASSWORD))
        found = storage.accounts.find_user("gone")
        assert found is not None
        storage.accounts.set_active(found[0].id, False)
        for name in ("ada", "nobody", "gone"):
            with pytest.raises(Refused, match=r"Wrong name or password\."):
                auth.sign_in(name, PASSWORD + ("x" if name == "ada" else ""), "10.0.0.1")
        assert len(verified) == 3
        # RFC 9106, section 4, the second recommended option: Argon2id, 64 MiB, three passes.
        costs = {hashed.rsplit("$", 2)[0] for hashed in verified}
        assert costs == {"$argon2id$v=19$m=65536,t=3,p=4"}
        storage.close()

    def test_guessing_from_one_address_has_to_wait_whatever_the_names(self, tmp_path: Path) -> None:
        storage = SqliteStorage(tmp_path)
        auth = Auth(storage.accounts)
        storage.accounts.add_user("ada", auth.hash_password(PASSWORD))
        for number in range(FAILURES_FROM_ONE_PLACE):
            auth.throttle.note_failure(Key("name", f"n{number}"), network_key("10.0.0.1"))
        with pytest.raises(Throttled):
            auth.sign_in("ada", PASSWORD, "10.0.0.1")
        assert auth.sign_in("ada", PASSWORD, "10.0.0.2").user.name == "ada"
        storage.close()

    def test_guessing_has_to_wait(self, api: Api, newcomer: Newcomer) -> None:
        person = newcomer()
        guesses = [api.sign_in(person.name.upper(), f"guess {number}") for number in range(11)]
        assert [guess.status for guess in guesses] == [401] * 10 + [429]
        assert 0 < int(guesses[-1].headers["retry-after"]) <= 60
        assert api.sign_in(person.name).status == 429
        # A stranger who guesses hinders nobody who is signed in.
        assert refresh(api, person.refresh_token).status == 200

    def test_a_deactivated_account_sounds_like_none(
        self, relay: RelayProcess, api: Api, newcomer: Newcomer
    ) -> None:
        person = newcomer()
        relay.admin("user", "deactivate", person.name)
        answer = api.sign_in(person.name)
        assert (answer.status, answer["detail"]) == (401, "Wrong name or password.")
        assert person.get("/api/me").status == 401
        assert refresh(api, person.refresh_token).status == 401

    @pytest.mark.parametrize(
        "token", ["", "x.y.z", "eyJhbGciOiJub25lIn0.e30.", "é" * 9, "x" * 9_000]
    )
    def test_what_is_no_token(self, api: Api, token: str) -> None:
        assert Api(api.port, token.encode().decode("latin-1")).get("/api/me").status == 401


class TestRefreshing:
    def test_tokens_are_good_once_and_reuse_ends_the_sign_in(
        self, api: Api, newcomer: Newcomer
    ) -> None:
        thief = newcomer()
        second = refresh(api, thief.refresh_token)
        third = refresh(api, second["refresh_token"])
        assert Person(api.port, third.json).get("/api/me").status == 200
        assert refresh(api, thief.refresh_token).status == 401
        assert refresh(api, third["refresh_token"]).status == 401
        assert Person(api.port, third.json).get("/api/me").status == 401

    def test_a_retried_refresh_signs_nobody_out(self, api: Api, newcomer: Newcomer) -> None:
        person = newcomer()
        assert refresh(api, person.refresh_token).status == 200
        again = refresh(api, person.refresh_token)
        assert again.status == 200
        assert refresh(api, again["refresh_token"]).status == 200

    def test_who_repeats_a_stolen_token_at_once_gains_nothing(
        self, api: Api, newcomer: Newcomer
    ) -> None:
        """Within the grace a thief's request looks like a repeated one; the next refresh tells."""
        person = newcomer()
        mine = refresh(api, person.refresh_token)
        thief = refresh(api, person.refresh_token)
        assert thief.status == 200
        assert refresh(api, mine["refresh_token"]).status == 401
        assert refresh(api, thief["refresh_token"]).status == 401
        assert Person(api.port, thief.json).get("/api/me").status == 401

    def test_a_refresh_may_be_repeated_more_than_once(self, api: Api, newcomer: Newcomer) -> None:
        person = newcomer()
        for _ in range(4):
            again = refresh(api, person.refresh_token)
            assert again.status == 200
        assert refresh(api, again["refresh_token"]).status == 200

    def test_signing_out_ends_this_sign_in_and_no_other(self, api: Api, newcomer: Newcomer) -> None:
        here = newcomer()
        there = Person(api.port, api.sign_in(here.name).json)
        assert api.post("/api/sign-out", {"refresh_token": here.refresh_token}).status == 204
        assert refresh(api, here.refresh_token).status == 401
        assert here.get("/api/me").status == 401
        assert there.get("/api/me").status == 200

    def test_the_administrator_signs_somebody_out(
        self, relay: RelayProcess, api: Api, newcomer: Newcomer
    ) -> None:
        person = newcomer()
        book = person.new_document().rpartition("/")[2]
        with Peer(relay.url, book, person.token).joined() as peer:
            relay.admin("user", "sign-out", person.name)
            assert peer.until_closed() == close_codes.UNAUTHORIZED
        assert refresh(api, person.refresh_token).status == 401
        assert api.sign_in(person.name).status == 200


class TestPasswords:
    def test_a_new_one_ends_all_other_sign_ins(self, api: Api, newcomer: Newcomer) -> None:
        here = newcomer()
        there = Person(api.port, api.sign_in(here.name).json)
        book = there.new_document().rpartition("/")[2]
        with Peer(f"ws://127.0.0.1:{api.port}", book, there.token).joined() as peer:
            changed = change_password(here, PASSWORD, "battery staple")
            assert changed.status == 200
            assert peer.until_closed() == close_codes.UNAUTHORIZED
        assert Person(api.port, changed.json).get("/api/me").status == 200
        assert refresh(api, changed["refresh_token"]).status == 200
        assert there.get("/api/me").status == 401
        assert refresh(api, there.refresh_token).status == 401
        assert api.sign_in(here.name, PASSWORD).status == 401
        assert api.sign_in(here.name, "battery staple").status == 200

    def test_the_old_one_cannot_be_guessed(self, newcomer: Newcomer) -> None:
        person = newcomer()
        guesses = [change_password(person, f"guess {n}", "battery staple") for n in range(11)]
        assert [guess.status for guess in guesses] == [403] * 10 + [429]
        assert person.get("/api/me").status == 200

    @pytest.mark.parametrize("password", ["1234567", "x" * 1001])
    def test_too_short_and_too_long(self, relay: RelayProcess, ada: Person, password: str) -> None:
        assert change_password(ada, PASSWORD, password).status == 422
        added = relay.run("user", "add", "zoe", "--password-stdin", stdin=password + "\n")
        assert (added.returncode, "8 to 1,000 characters" in added.stderr) == (1, True)

    def test_the_administrator_gives_a_new_one(
        self, relay: RelayProcess, api: Api, newcomer: Newcomer
    ) -> None:
        person = newcomer()
        new = "battery staple"
        relay.admin("user", "password", person.name, "--password-stdin", stdin=new + "\n")
        assert refresh(api, person.refresh_token).status == 401
        assert api.sign_in(person.name, new).status == 200


@dataclass
class Here:
    """Accounts without a relay around them, and somebody who has one."""

    accounts: Accounts
    auth: Auth
    user_id: str


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    storage = SqliteStorage(tmp_path)
    user = storage.accounts.add_user("ada", "no hash")
    yield Here(storage.accounts, Auth(storage.accounts), user.id)
    storage.close()


class TestSigningKeys:
    def test_after_a_rotation_the_old_key_is_good_for_a_while(
        self, relay: RelayProcess, api: Api, newcomer: Newcomer
    ) -> None:
        person = newcomer()
        relay.admin("key", "rotate")
        assert person.get("/api/me").status == 200
        # Of another process, so signed with the new key.
        assert Api(api.port, relay.admin("token", person.name)).get("/api/me").status == 200

    def test_a_new_key_is_known_at_once(self, here: Here) -> None:
        for _ in range(3):
            here.accounts.rotate_signing_key(1_000)  # as another process does
            made_elsewhere = Auth(here.accounts).access_token(here.user_id)
            assert here.auth.check(made_elsewhere).user_id == here.user_id

    def test_a_token_that_was_good_is_looked_at_again(
        self, here: Here, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = here.auth.access_token(here.user_id)
        assert here.auth.check(token) == here.auth.check(token)
        now = time.time()
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now + 3600)
            with pytest.raises(Refused, match="expired"):
                here.auth.check(token)
        here.accounts.rotate_signing_key(0.0)
        here.auth.reload_keys()
        with pytest.raises(Refused, match="old key"):
            here.auth.check(token)

    def test_a_clock_that_was_set_back_signs_nobody_out(
        self, here: Here, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = time.time()
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now + 300)
            made_before = here.auth.access_token(here.user_id)
        assert here.auth.check(made_before).user_id == here.user_id

    def test_a_revoked_key_signs_nothing_any_more(self, tmp_path: Path) -> None:
        with local_relay(tmp_path) as relay:
            api = Api(int(relay.url.rpartition(":")[2]))
            ada = Person(api.port, api.sign_in("ada").json)
            with Peer(relay.url, relay.document(), ada.token).joined() as peer:
                RelayProcess(tmp_path).admin("key", "rotate", "--revoke")
                while ada.get("/api/me").status != 401:  # within two seconds
                    pass
                peer.protocol.renew_token(peer.document_id, ada.token)
                peer.flush()
                assert peer.until_closed() == close_codes.UNAUTHORIZED
            renewed = refresh(api, ada.refresh_token)
            assert Person(api.port, renewed.json).get("/api/me").status == 200

    def test_after_the_overlap_the_old_key_is_gone(self, here: Here) -> None:
        old = here.auth.access_token(here.user_id)
        for overlap in (1_000, 500, 0.0):
            here.accounts.rotate_signing_key(overlap)
        here.auth.reload_keys()
        with pytest.raises(Refused, match="old key"):
            here.auth.check(old)
        assert here.auth.check(here.auth.access_token(here.user_id)).user_id == here.user_id
        assert len(here.accounts.signing_keys()) == 1
