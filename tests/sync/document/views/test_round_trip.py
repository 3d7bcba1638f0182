"""What goes out comes in again, the same."""

from __future__ import annotations

from hypothesis import given

from sync.document import views
from sync.document.delta import Insert
from tests.sync.document.views.strategies import contents, markdown_contents


@given(contents())
def test_html_says_everything(inserts: list[Insert]) -> None:
    assert views.from_html(views.to_html(inserts)) == inserts


@given(contents())
def test_a_whole_page_says_the_same(inserts: list[Insert]) -> None:
    assert views.from_html(views.to_html_page(inserts, "<Title>")) == inserts


@given(contents())
def test_our_json_says_everything(inserts: list[Insert]) -> None:
    assert views.inserts_from_json(views.inserts_to_json(inserts)) == inserts


@given(markdown_contents())
def test_markdown_says_what_it_can(inserts: list[Insert]) -> None:
    assert views.from_markdown(views.to_markdown(inserts)) == inserts


@given(contents())
def test_no_view_fails(inserts: list[Insert]) -> None:
    views.from_markdown(views.to_markdown(inserts))
    views.to_json(inserts)
    views.to_text(inserts)
