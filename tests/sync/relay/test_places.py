"""Who is believed about where a request comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import AdministrationError
from sync.relay.places import UNKNOWN, Proxies, parse_network

PROXIES = Proxies([parse_network("10.0.0.0/8"), parse_network("fd00::/8")])


@pytest.mark.parametrize(
    ("peer", "forwarded", "place"),
    [
        ("203.0.113.5", None, "203.0.113.5"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("fd00::1", "[2001:db8::1]", "2001:db8::1"),
        ("203.0.113.5", "127.0.0.1", "203.0.113.5"),
        ("10.0.0.1", "nonsense", UNKNOWN),
        ("10.0.0.1", "127.0.0.1, nonsense", UNKNOWN),
        ("10.0.0.1", "10.0.0.2", UNKNOWN),
        ("10.0.0.1", "", UNKNOWN),
    ],
)
def test_the_last_that_is_no_proxy(peer: str, forwarded: str | None, place: str) -> None:
    assert PROXIES.place(peer, forwarded) == place


@given(invented=st.text(max_size=40))
def test_what_a_client_invents_changes_nothing(invented: str) -> None:
    assert PROXIES.place("10.0.0.1", f"{invented}, 198.51.100.7") == "198.51.100.7"
    assert Proxies().place("203.0.113.5", invented) == "203.0.113.5"


def test_a_network_that_is_none() -> None:
    with pytest.raises(AdministrationError, match=r"'10\.0\.0\.0/99' is no network"):
        parse_network("10.0.0.0/99")
