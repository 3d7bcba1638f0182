"""Requests to a relay, and what its metrics say."""

from __future__ import annotations

import json
import ssl
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from prometheus_client.parser import text_string_to_metric_families


def call(
    url: str,
    path: str,
    body: object = None,
    *,
    token: str | None = None,
    method: str | None = None,
    headers: dict[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> tuple[int, dict[str, Any]]:
    """Return status and JSON body; an error must be a problem as RFC 9457 wants it."""
    request = Request(url.replace("ws", "http", 1) + path, method=method, headers=headers or {})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urlopen(request, timeout=20, context=tls) as answer:
            assert answer.headers["Cache-Control"] == "private, no-store"
            return answer.status, json.loads(answer.read() or b"{}")
    except HTTPError as error:
        refused = error
    with refused:
        assert refused.headers["Content-Type"] == "application/problem+json"
        return refused.code, json.loads(refused.read())


def metrics(url: str) -> dict[str, float]:
    """Return what a relay counts, without ``inkstand_``; labels in braces behind the name."""
    with urlopen(url.replace("ws", "http", 1) + "/metrics", timeout=20) as answer:
        text = answer.read().decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = "".join(f"{{{value}}}" for value in sample.labels.values())
            found[sample.name.removeprefix("inkstand_") + labels] = sample.value
    return found
