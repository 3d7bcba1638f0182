"""What hostile clients do to a relay, for the tests and the measurements.

Each attack is bounded, talks to the relay under test only, and returns what it
was answered with: a close code, or a reason.
"""

from __future__ import annotations

import base64
import hmac
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.sync.client import connect

from sync.lib0 import encode_bytes, encode_string, encode_varuint
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.protocol.awareness import ClientState, encode_awareness
from tests.sync.relay.raw import code_of, opened, send_all, until

HUGE = encode_varuint((1 << 53) - 1)


@dataclass
class Target:
    """A relay, and what an attacker has: an account, documents with other roles, old tokens."""

    url: str
    token: str
    """Of a member."""
    own: str
    """A document in which the attacker is an editor."""
    others: str
    """One in which the attacker is nobody."""
    expired: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    """Documents by the attacker's role in them."""

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port


# Tokens


def _segment(value: object) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed(header: dict[str, Any], claims: dict[str, Any], key: bytes = b"k" * 32) -> str:
    """Return a token as a library would refuse to make it."""
    signed = f"{_segment(header)}.{_segment(claims)}"
    return f"{signed}.{_encoded(hmac.digest(key, signed.encode(), 'sha256'))}"


def _decoded(segment: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    )
    return value


FORGERIES: dict[str, Callable[[dict[str, Any], dict[str, Any], str], str]] = {
    "alg none": lambda h, c, _: f"{_segment({**h, 'alg': 'none'})}.{_segment(c)}.",
    "alg None": lambda h, c, s: f"{_segment({**h, 'alg': 'None'})}.{_segment(c)}.{s}",
    "wrong key": lambda h, c, _: _signed(h, c),
    "empty key": lambda h, c, _: _signed(h, c, b""),
    "another algorithm": lambda h, c, s: _signed({**h, "alg": "RS256"}, c),
    "unknown key": lambda h, c, _: _signed({**h, "kid": "x"}, c),
    "no key": lambda h, c, _: _signed({"alg": "HS256"}, c),
    "a path for a key": lambda h, c, _: _signed({**h, "kid": "../../dev/null"}, c, b""),
    "a key of its own": lambda h, c, _: _signed({**h, "jwk": {"kty": "oct", "k": "a2s"}}, c),
    "good for longer": lambda h, c, s: f"{_segment(h)}.{_segment({**c, 'exp': 9e9})}.{s}",
    "another person": lambda h, c, s: f"{_segment(h)}.{_segment({**c, 'sub': 'ada'})}.{s}",
    "no signature": lambda h, c, _: f"{_segment(h)}.{_segment(c)}.",
    "nothing": lambda *_: "",
    "long": lambda *_: "a" * 8_000,
    "many dots": lambda *_: "." * 1_000,
    "no header": lambda h, c, s: f"W10.{_segment(c)}.{s}",
    "a critical header": lambda h, c, s: f"{_segment({**h, 'crit': ['x']})}.{_segment(c)}.{s}",
    "a deep header": lambda h, c, s: f"{_encoded(b'[' * 3_000)}.{_segment(c)}.{s}",
    "a header of numbers": lambda h, c, s: f"{_encoded(b'9' * 3_000)}.{_segment(c)}.{s}",
    "a key that is none": lambda h, c, _: _signed({**h, "kid": ["x"]}, c),
    "deep": lambda h, c, s: f"{_segment(h)}.{_encoded(b'[' * 3_000)}.{s}",
}
"""Tokens that look like a good one: made of its header, its claims, and its signature."""


def forged(target: Target, kind: str) -> str:
    """Return a forgery of the attacker's own token."""
    header, claims, signature = target.token.split(".")
    return FORGERIES[kind](_decoded(header), _decoded(claims), signature)


# Updates


def struct(kind: int, body: bytes) -> bytes:
    """Return an update with one item in the text ``content``."""
    return b"\x01\x01\x07\x00" + bytes([kind]) + b"\x01\x07content" + body + b"\x00"


def nested(depth: int, *, delete: bool = False) -> bytes:
    """Return shared maps in shared maps; deleting the first deletes them all."""
    parts = [b"\x01", encode_varuint(depth), b"\x07\x00"]
    for level in range(depth):
        where = b"\x01\x01m" if level == 0 else b"\x00\x07" + encode_varuint(level - 1)
        parts.append(b"\x27" + where + b"\x01k\x01")
    parts.append(b"\x01\x07\x01\x00\x01" if delete else b"\x00")
    return b"".join(parts)


def tiny_items(count: int) -> bytes:
    """Return an update of single characters, each an item of its own."""
    head = b"\x01" + encode_varuint(count) + b"\x09\x00" + b"\x04\x01\x07content\x01a"
    return (
        head
        + b"".join(
            b"\x84\x09" + encode_varuint(number - 1) + b"\x01a" for number in range(1, count)
        )
        + b"\x00"
    )


def bad_updates() -> dict[str, bytes]:
    """Return what is no update, or one that nobody may send."""
    return {
        "empty": b"",
        "noise": b"\x01\x01\x01broken",
        "huge count of clients": HUGE + bytes(100),
        "huge count of structs": b"\x01" + HUGE + b"\x07\x00" + bytes(100),
        "huge string": struct(4, HUGE + b"x" * 100),
        "huge array": struct(8, HUGE + bytes(100)),
        "huge deletion": b"\x00\x01\x07" + HUGE + bytes(100),
        "deep arrays": struct(8, b"\x01" + b"\x75\x01" * 100_000 + b"\x7e"),
        "deep objects": struct(8, b"\x01" + b"\x76\x01\x01a" * 50_000 + b"\x7e"),
        "invalid UTF-8": struct(4, encode_bytes(b"\xff\xfe")),
        "invalid UTF-8 in a key": struct(6, encode_bytes(b"\xff") + encode_string("true")),
        "unknown content": struct(31, b"\x00"),
        "bytes behind it": struct(4, encode_string("x")) + b"more",
        "cut": struct(4, encode_string("hello"))[:-3],
    }


# Connections


def too_many_documents(target: Target) -> int:
    """10,000 documents on one socket."""
    with connect(target.url, proxy=None, max_size=None) as client:
        send_all(
            client,
            (m.encode_frame(f"d{number}", m.AuthToken("x")) for number in range(10_000)),
        )
        return code_of(client)


def never_reads(target: Target) -> int:
    """A member asks for everything again and again, and reads nothing."""
    big = struct(4, encode_string("x" * 200_000))
    assert refusal(target, target.own, big) is None
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        plain.connect(target.address)
        with connect(target.url, sock=plain, proxy=None, max_size=None, max_queue=1) as client:
            client.send(m.encode_frame(target.own, m.AuthToken(target.token)))
            step1 = m.encode_frame(target.own, m.SyncStep1(b"\x00"))
            plain.settimeout(2)
            with suppress(TimeoutError, OSError):
                send_all(client, repeat(step1, 20_000))
            return code_of(client)


def no_head(target: Target) -> int:
    """Many sockets that never finish their request."""
    with ExitStack() as stack:
        for _ in range(150):
            slow = stack.enter_context(socket.create_connection(target.address, 20))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX")
    return 0


def no_token(target: Target) -> int:
    """Many sockets on which nobody says who he is; the relay must end them by itself."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(target.url, proxy=None)) for _ in range(100)]
        codes = {code_of(client) for client in clients}
    [code] = codes
    return code


def stranger_with_much(target: Target) -> int:
    """Megabytes before a token."""
    frame = m.encode_frame(target.own, m.SyncUpdate(bytes(60_000)))
    with connect(target.url, proxy=None) as client:
        send_all(client, repeat(frame, 100))
        return code_of(client)


def frame_too_large(target: Target) -> int:
    """A frame that says it has 9 MiB, and another that says an exabyte."""
    for size in (b"\xff" + (9 << 20).to_bytes(8), b"\xff" + (1 << 60).to_bytes(8)):
        with opened(target.url, target.own, target.token) as client:
            client.socket.sendall(b"\x82" + size + b"mask" + bytes(1_000))
            code = code_of(client)
            assert code == close_codes.MESSAGE_TOO_BIG
    return code


def compressed_bomb(target: Target) -> int:
    """A member offers compression, is not given it, and compresses all the same."""
    bomb = zlib.compress(bytes(50_000_000), 9)[2:-4]
    with connect(target.url, proxy=None, extensions=[ClientPerMessageDeflateFactory()]) as client:
        assert client.protocol.extensions == []
        assert len(bomb) < 65_536
        client.socket.sendall(b"\xc2\xfe" + len(bomb).to_bytes(2) + bytes(4) + bomb)
        return code_of(client)


def malformed_frames(target: Target) -> int:
    """Frames that only a relay may send, or nobody."""
    name = encode_string(target.own)
    codes = set()
    for body in (b"\x04\x00", b"\x06\x01x", b"\x08\x01", b"\x02\x02\x08readonly", b"\x63", HUGE):
        with opened(target.url, target.own, target.token) as client:
            client.send(name + body)
            codes.add(code_of(client))
    [code] = codes
    return code


def awareness_flood(target: Target) -> int:
    """Thousands of people who are not there."""
    with opened(target.url, target.own, target.token) as client:
        client.send(m.encode_frame(target.own, m.SyncStep1(b"\x00")))
        for block in range(20):
            states = [ClientState(block * 1_000 + n, 1, '{"a":1}') for n in range(1, 1_000)]
            client.send(m.encode_frame(target.own, m.Awareness(encode_awareness(states))))
        client.send(m.encode_frame(target.own, m.QueryAwareness()))
        client.send(m.encode_frame("", m.Ping()))
        until(client, m.Pong)
    return 0


def opening_and_closing(target: Target) -> int:
    """One address, opened and closed as fast as it goes."""
    frames = [
        m.encode_frame(target.own, m.AuthToken(target.token)),
        m.encode_frame(target.own, m.SyncStep1(b"\x00")),
        m.encode_frame(target.own, m.Close()),
    ]
    with connect(target.url, proxy=None, max_size=None) as client:
        send_all(client, (frame for _ in range(300) for frame in frames))
        client.send(m.encode_frame("", m.Ping()))
        with suppress(ConnectionClosed):
            until(client, m.Pong)
    return 0


def many_tiny_items(target: Target) -> int:
    """Updates that take long to look at; nothing about them is forbidden."""
    update = tiny_items(100_000)
    with opened(target.url, target.own, target.token) as client:
        client.send(m.encode_frame(target.own, m.SyncStep1(b"\x00")))
        until(client, m.SyncStep2)
        for _ in range(3):
            client.send(m.encode_frame(target.own, m.SyncUpdate(update)))
            until(client, m.SyncStatus)
    return 0


CONNECTIONS: dict[Callable[[Target], int], int] = {
    too_many_documents: close_codes.TOO_MANY_DOCUMENTS,
    never_reads: close_codes.TRY_AGAIN_LATER,
    no_head: 0,
    no_token: close_codes.UNAUTHORIZED,
    stranger_with_much: close_codes.TOO_MUCH_UNAUTHORIZED,
    frame_too_large: close_codes.MESSAGE_TOO_BIG,
    compressed_bomb: 1002,  # RFC 6455, section 5.2: a reserved bit that was not agreed on
    malformed_frames: close_codes.MALFORMED_FRAME,
    awareness_flood: 0,
    opening_and_closing: 0,
    many_tiny_items: 0,
}
"""Attacks on the connection, and the close code that each must lead to; 0 if it may go on."""


def refusal(target: Target, document: str, update: bytes, *, step2: bool = False) -> str | None:
    """Send an update as a member; return why it was refused, None if it was not."""
    with opened(target.url, document, target.token) as client:
        client.send(m.encode_frame(document, m.SyncStep1(b"\x00")))
        until(client, m.SyncStep2)
        message = m.SyncStep2(update) if step2 else m.SyncUpdate(update)
        client.send(m.encode_frame(document, message))
        reason = None
        for answer in iter(lambda: until(client, m.Stateless, m.SyncStatus), None):
            if isinstance(answer, m.SyncStatus):
                assert answer.saved == (reason is None)
                return reason
            notice = json.loads(answer.text) if isinstance(answer, m.Stateless) else {}
            if notice.get("type") == "refused":
                reason = str(notice["reason"])
    raise AssertionError("no answer")


def denial(target: Target, document: str, token: str) -> str:
    """Knock with a token; return why it was denied."""
    with connect(target.url, proxy=None) as client:
        client.send(m.encode_frame(document, m.AuthToken(token)))
        answer = until(client, m.PermissionDenied, m.Authenticated)
        assert isinstance(answer, m.PermissionDenied), "it was let in"
        return answer.reason


def knock_nowhere(target: Target, name: str) -> None:
    """Ask for a document that has no such name on any relay, or is another person's."""
    with connect(target.url, proxy=None) as client:
        client.send(m.encode_frame(name, m.AuthToken(target.token)))
        with suppress(ConnectionClosed):
            answer = until(client, m.PermissionDenied, m.Authenticated)
            assert isinstance(answer, m.PermissionDenied), "it was let in"
            return
        assert code_of(client) == close_codes.MALFORMED_FRAME


def http_attacks() -> Iterator[tuple[str, bytes]]:
    """Requests that are none, or mean harm; each on a connection of its own."""
    head = b"Host: x\r\nConnection: close\r\n"
    json_head = head + b"Content-Type: application/json\r\n"
    yield "dots", b"GET /../../etc/passwd HTTP/1.1\r\n" + head + b"\r\n"
    yield "encoded dots", b"GET /api/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + head + b"\r\n"
    yield "a null byte", b"GET /api/documents/%00 HTTP/1.1\r\n" + head + b"\r\n"
    yield "no request", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"
    yield "long path", b"GET /" + b"a" * 15_000 + b" HTTP/1.1\r\n" + head + b"\r\n"
    yield (
        "two lengths",
        b"POST /api/sign-in HTTP/1.1\r\n" + json_head + b"Content-Length: 2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    )
    bomb = zlib.compress(bytes(20_000_000), 9)
    yield (
        "a compressed body",
        b"POST /api/sign-in HTTP/1.1\r\n" + json_head + b"Content-Encoding: deflate\r\n"
        b"Content-Length: " + str(len(bomb)).encode() + b"\r\n\r\n" + bomb,
    )
    deep = b"[" * 60_000
    yield (
        "deep JSON",
        b"POST /api/sign-in HTTP/1.1\r\n" + json_head + b"Content-Length: 60000\r\n\r\n" + deep,
    )
    yield (
        "a body without end",
        b"POST /api/sign-in HTTP/1.1\r\n"
        + json_head
        + b"Content-Length: 99999999999\r\n\r\n"
        + bytes(200_000),
    )
