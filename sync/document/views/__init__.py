"""Views of a document made from its content, never stored: text, Markdown, JSON, HTML."""

from __future__ import annotations

from sync.document.views.deltas import inserts_from_json, inserts_to_json
from sync.document.views.html_in import MAX_HTML, ImageSink, from_html
from sync.document.views.html_out import ImageAddress, to_html, to_html_page
from sync.document.views.lines import Line, lines
from sync.document.views.markdown_in import from_markdown
from sync.document.views.markdown_out import to_markdown
from sync.document.views.prosemirror import to_json
from sync.document.views.text import from_text, to_text

__all__ = [
    "MAX_HTML",
    "ImageAddress",
    "ImageSink",
    "Line",
    "from_html",
    "from_markdown",
    "from_text",
    "inserts_from_json",
    "inserts_to_json",
    "lines",
    "to_html",
    "to_html_page",
    "to_json",
    "to_markdown",
    "to_text",
]
