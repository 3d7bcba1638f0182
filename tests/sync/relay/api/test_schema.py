"""Whatever is sent, the relay answers as its own description says, and never with a 5xx.

Requests are made from the description, good ones and broken ones alike. Its ids, tokens
and passwords are replaced by those that there are, or nearly all answers would be 404;
every operation must also have succeeded.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sync.relay.api.app import assemble
from tests.sync.relay.api.client import PASSWORD, Api, Person, sha256
from tests.sync.relay.process import RelayProcess

EXAMPLES = 25
"""Of each operation."""


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    """One of its own: what is sent here makes a mess."""
    with RelayProcess(tmp_path_factory.mktemp("schema") / "relay") as relay:
        for name in ("ada", "ben", "kim", "lea"):
            relay.add_user(name)
        yield relay


@pytest.fixture(scope="module")
def people(relay: RelayProcess) -> list[Person]:
    api = Api(relay.port)
    return [Person(relay.port, api.sign_in(name).json) for name in ("ada", "ben", "lea")]


@pytest.fixture(scope="module")
def described(relay: RelayProcess) -> dict[str, Any]:
    return Api(relay.port).get("/api/openapi.json").json


@pytest.fixture
def schema(
    relay: RelayProcess,
    people: list[Person],
    described: dict[str, Any],
    mode: schemathesis.GenerationMode,
) -> schemathesis.BaseSchema:
    """The relay's description, with the ids of new documents."""
    ada, ben, _ = people
    books = [ada.new_document(), ada.new_document(), ben.new_document()]
    for book in books[:2]:
        ada.share(book, ben, "viewer")
    ada.attach(books[0], b"a file")
    invite = ada.post(f"{books[0]}/invites", {"role": "viewer"})
    there = {
        "document_id": [book.rpartition("/")[2] for book in books],
        "user_id": [ada.user_id, ben.user_id],
        "sha256": [sha256(b"a file"), sha256(b"another")],
        "invite_id": [invite["id"]],
    }
    described = copy.deepcopy(described)
    for operation in operations(described):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in there:
                parameter["schema"] = {"type": "string", "enum": there[parameter["name"]]}
    # In a broken request any other value would count as one that must be refused.
    if mode.is_positive:
        for shape, name, values in (
            ("Successor", "user_id", there["user_id"]),
            ("SignIn", "name", ["kim"]),
            ("SignIn", "password", [PASSWORD]),
            ("NewPassword", "old_password", [PASSWORD]),
            ("RefreshToken", "refresh_token", [Api(relay.port).sign_in("kim")["refresh_token"]]),
            ("Code", "code", [ada.invite(books[0])]),
            ("SignUp", "code", [ada.invite(books[0])]),
        ):
            described["components"]["schemas"][shape]["properties"][name]["enum"] = values
    config = schemathesis.Config.from_dict({"base-url": relay.http_url})
    return schemathesis.openapi.from_dict(described, config=config)


def operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in described["paths"].values() for operation in path.values()]


ROUTES = [
    (path, method, mode)
    for path, of_path in assemble().openapi()["paths"].items()
    for method, operation in of_path.items()
    for mode in schemathesis.GenerationMode
    # Where there is nothing to send there is nothing to send wrong.
    if mode.is_positive or {"parameters", "requestBody", "security"} & operation.keys()
]


@pytest.mark.parametrize(("path", "method", "mode"), ROUTES)
def test_every_answer_is_as_described(
    path: str,
    method: str,
    mode: schemathesis.GenerationMode,
    schema: schemathesis.BaseSchema,
    people: list[Person],
) -> None:
    ada, ben, lea = people
    # Documents of any id come into being here; they must not be those of the other tests.
    # And who changes her password is signed out.
    caller = {"/api/documents": ben, "/api/change-password": lea}.get(path, ada)
    # Bytes that do not have the hash are refused, which no schema can say.
    unfit = [positive_data_acceptance] if (method, path[-8:]) == ("put", "{sha256}") else []

    @seed(1)
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(schema[path][method].as_strategy(mode))
    def send(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {caller.token}"}
        response = case.call_and_validate(headers=headers, excluded_checks=unfit)
        statuses[response.status_code] += 1

    statuses: Counter[int] = Counter()
    send()
    assert max(statuses) < 500
    if mode.is_positive:
        assert min(statuses) < 300, f"it was never done: {statuses}"
