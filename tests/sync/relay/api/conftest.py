"""One relay for all tests of a module; documents are each test's own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.sync.relay.api.client import PASSWORD, Api, Person
from tests.sync.relay.process import RelayProcess


@pytest.fixture(scope="package", params=["sqlite", "postgres"])
def relay(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RelayProcess]:
    with ExitStack() as stack:
        store = None
        if request.param == "postgres":
            server = request.getfixturevalue("postgres_server")
            store = stack.enter_context(server.database("prepared"))
        relay = RelayProcess(tmp_path_factory.mktemp("api") / "relay", store=store)
        stack.enter_context(relay)
        for name in ("ada", "ben", "eve"):
            relay.add_user(name)
        yield relay


@pytest.fixture(scope="package")
def api(relay: RelayProcess) -> Api:
    """Nobody in particular."""
    return Api(relay.port)


@pytest.fixture(scope="package")
def ada(api: Api) -> Person:
    """Who owns the documents of most tests."""
    return Person(api.port, api.sign_in("ada").json)


@pytest.fixture(scope="package")
def ben(api: Api) -> Person:
    return Person(api.port, api.sign_in("ben").json)


@pytest.fixture(scope="package")
def eve(api: Api) -> Person:
    """Who has no role in anything."""
    return Person(api.port, api.sign_in("eve").json)


@pytest.fixture
def book(ada: Person) -> str:
    """The path of a document of Ada's."""
    return ada.new_document()


@pytest.fixture(scope="package")
def newcomer(api: Api, ada: Person) -> Callable[[], Person]:
    """Make people whom no other test knows."""
    welcome = ada.new_document("Welcome")

    def join() -> Person:
        name = f"newcomer {uuid.uuid4().hex[:8]}"
        body = {"code": ada.invite(welcome, "viewer"), "name": name, "password": PASSWORD}
        answer = api.post("/api/invites/sign-up", body)
        assert answer.status == 201, answer.json
        return Person(api.port, answer.json)

    return join
