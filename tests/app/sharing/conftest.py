"""A relay that knows two people, and windows to sign in from."""

from __future__ import annotations

from tests.end_to_end.conftest import make_desk, relay

__all__ = ["make_desk", "relay"]
