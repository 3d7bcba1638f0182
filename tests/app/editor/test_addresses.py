"""What is an address, what a person means by one, and what is shown of it."""

from __future__ import annotations

import pytest

from app.editor import addresses


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://example.org", "https://example.org"),
        (" example.org ", "https://example.org"),
        ("example.org:8080/a?b#c", "https://example.org:8080/a?b#c"),
        ("localhost:8000", "https://localhost:8000"),
        ("bücher.example", "https://bücher.example"),
        ("ada@example.org", "mailto:ada@example.org"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("inkstand:abc", "inkstand:abc"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("http://[::1]/", "http://[::1]/"),
    ],
)
def test_what_is_missing_is_added(typed: str, address: str) -> None:
    assert addresses.completed(typed) == address
    assert addresses.problem(typed) is None
    assert addresses.is_address(address)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("two words", "space"),
        ("https://a b.org", "space"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("word", "host"),
        ("https://", "host"),
        ("mailto:", "host"),
        ("http://[::1", "host"),
        (f"https://example.org/{'a' * 3000}", "host"),
    ],
)
def test_what_is_none_is_refused_for_a_reason(typed: str, problem: str) -> None:
    assert addresses.completed(typed) is None
    assert addresses.problem(typed) == problem


def test_a_name_in_other_letters_is_seen_to_be_one() -> None:
    lookalike = "https://ex\u0430mple.org/\u202egpj.exe"  # a Cyrillic а, and a turn of direction
    assert addresses.host(lookalike) == "xn--exmple-4nf.org"
    assert addresses.shown(lookalike) == "https://xn--exmple-4nf.org/%E2%80%AEgpj.exe"


def test_the_host_is_the_one_behind_a_user_name() -> None:
    assert addresses.host("https://bank.example@evil.example/") == "evil.example"
