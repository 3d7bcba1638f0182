"""What tests of the HTTP interface say to a relay."""

from __future__ import annotations

import hashlib
import json
import ssl
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

PASSWORD = "correct horse"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def __getitem__(self, key: str) -> Any:
        return self.json[key]

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


class Api:
    """Calls a relay, as nobody or as who has a token."""

    def __init__(
        self,
        port: int,
        token: str = "",
        tls: ssl.SSLContext | None = None,
        place: str = "127.0.0.1",
    ) -> None:
        """`place` is the address of this machine, 127.x.y.z, that the calls come from."""
        self.port = port
        self.token = token
        self.tls = tls
        self.place = place

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Make one call and hold what comes back to what holds for every answer."""
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        source = (self.place, 0)
        connection = (
            HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=source)
            if self.tls is None
            else HTTPSConnection(
                "localhost", self.port, timeout=20, source_address=source, context=self.tls
            )
        )
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, found, response.read())
        finally:
            connection.close()
        assert answer.headers.get("x-content-type-options") == "nosniff", answer
        if answer.status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert sorted(answer.json) == ["detail", "status", "title", "type"]
            assert answer["status"] == answer.status
            assert "Traceback" not in answer["detail"]
        if answer.status >= 400 or "/attachments/" not in path:
            assert answer.headers["cache-control"] == "private, no-store"
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any) -> Answer:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        return self.post("/api/sign-in", {"name": name, "password": password})


class Person(Api):
    """Somebody who is signed in."""

    def __init__(
        self, port: int, tokens: dict[str, Any], tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(port, tokens["access_token"], tls)
        self.name = tokens["name"]
        self.user_id = tokens["user_id"]
        self.refresh_token = tokens["refresh_token"]

    def new_document(self, title: str = "Book") -> str:
        """Publish a document; return its path."""
        document_id = uuid.uuid4().hex
        answer = self.post("/api/documents", {"id": document_id, "title": title})
        assert answer.status == 201
        return f"/api/documents/{document_id}"

    def invite(self, document: str, role: str = "editor", **more: Any) -> str:
        """Return the code of a new invite."""
        answer = self.post(f"{document}/invites", {"role": role, **more})
        assert answer.status == 201, answer.json
        return answer["code"]

    def accept(self, code: str) -> Answer:
        return self.post("/api/invites/accept", {"code": code})

    def role_in(self, document: str) -> str | None:
        answer = self.get(document)
        return answer["role"] if answer.status == 200 else None

    def share(self, document: str, other: Person, role: str) -> None:
        assert other.accept(self.invite(document, role)).status == 200

    def attach(self, document: str, data: bytes) -> Answer:
        return self.put(f"{document}/attachments/{sha256(data)}", data)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
