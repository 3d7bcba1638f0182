"""Our own layout of a page: what a keystroke costs does not grow with the document."""

from app.editor.layout.page_layout import PageLayout

__all__ = ["PageLayout"]
