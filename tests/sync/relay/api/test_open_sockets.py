"""Rights that change take hold on open sockets, whichever way they are changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sync.protocol import close_codes
from sync.relay import server
from tests.sync.relay.api.client import PASSWORD, Api, Person
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess


@dataclass
class Scene:
    """A person with an open socket, and all that can be done about it."""

    relay: RelayProcess
    api: Api
    owner: Person
    person: Person
    book: str
    """Its path."""

    @property
    def document(self) -> str:
        return self.book.rpartition("/")[2]

    def share(self, role: str) -> None:
        self.relay.admin(
            "document", "share", self.document, "--user", self.person.name, "--role", role
        )

    @property
    def member(self) -> str:
        return f"{self.book}/members/{self.person.user_id}"


@pytest.fixture
def scene(
    relay: RelayProcess, api: Api, ada: Person, newcomer: Callable[[], Person], book: str
) -> Scene:
    person = newcomer()
    ada.share(book, person, "editor")
    return Scene(relay, api, ada, person, book)


def sign_out(scene: Scene) -> None:
    body = {"refresh_token": scene.person.refresh_token}
    assert scene.api.post("/api/sign-out", body).status == 204


def change_password(scene: Scene) -> None:
    body = {"old_password": PASSWORD, "new_password": "battery staple"}
    assert scene.person.post("/api/change-password", body).status == 200


def reuse_a_refresh_token(scene: Scene) -> None:
    token = scene.person.refresh_token
    for _ in range(2):
        token = scene.api.post("/api/refresh", {"refresh_token": token})["refresh_token"]
    body = {"refresh_token": scene.person.refresh_token}
    assert scene.api.post("/api/refresh", body).status == 401


CHANGES: dict[str, tuple[Callable[[Scene], object], int]] = {
    "a lower role, by its owner": (
        lambda s: s.owner.put(s.member, {"role": "viewer"}),
        close_codes.FORBIDDEN,
    ),
    "a lower role, by a command": (lambda s: s.share("commenter"), close_codes.FORBIDDEN),
    "removed by the owner": (lambda s: s.owner.delete(s.member), close_codes.FORBIDDEN),
    "removed by a command": (lambda s: s.share("none"), close_codes.FORBIDDEN),
    "left": (lambda s: s.person.delete(s.member), close_codes.FORBIDDEN),
    "a higher role": (
        lambda s: s.owner.post(f"{s.book}/transfer", {"user_id": s.person.user_id}),
        close_codes.FORBIDDEN,
    ),
    "deactivated": (
        lambda s: s.relay.admin("user", "deactivate", s.person.name),
        close_codes.UNAUTHORIZED,
    ),
    "signed out": (sign_out, close_codes.UNAUTHORIZED),
    "signed out by a command": (
        lambda s: s.relay.admin("user", "sign-out", s.person.name),
        close_codes.UNAUTHORIZED,
    ),
    "another password": (change_password, close_codes.UNAUTHORIZED),
    "another password, by a command": (
        lambda s: s.relay.admin(
            "user", "password", s.person.name, "--password-stdin", stdin="battery staple\n"
        ),
        close_codes.UNAUTHORIZED,
    ),
    "a refresh token that came twice": (reuse_a_refresh_token, close_codes.UNAUTHORIZED),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_takes_hold_while_connected(scene: Scene, change: str) -> None:
    do, code = CHANGES[change]
    url = scene.relay.url
    with (
        Peer(url, scene.document, scene.owner.token).joined() as bystander,
        Peer(url, scene.document, scene.person.token).joined() as peer,
    ):
        do(scene)
        assert peer.until_closed() == code  # it sends nothing meanwhile: a timer, not its traffic
        if change != "a higher role":  # then the owner is an editor now
            bystander.write("undisturbed", up_to=1)
            while not bystander.acknowledged:
                bystander.step()


def test_rights_are_looked_at_often_enough() -> None:
    assert server.TICK_SECONDS <= 1.0, "within two seconds is the promise"
