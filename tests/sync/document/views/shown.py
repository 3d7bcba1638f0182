"""Contents in a form that a test can be read in."""

from __future__ import annotations

from collections.abc import Iterable

from sync.document.delta import Attributes, Embed, Insert
from sync.document.views.lines import lines


def shown(contents: Iterable[Insert]) -> list[str]:
    """Return a string per paragraph: `header=1| plain {bold: marked} {image: …}`."""
    return [
        _said(line.block) + "|" + "".join(_piece(content, marks) for content, marks in line.pieces)
        for line in lines(contents)
    ]


def _piece(content: str | Embed, marks: Attributes) -> str:
    text = content if isinstance(content, str) else _said(content.value)
    if isinstance(content, str) and not marks:
        return text
    return "{" + f"{_said(marks)}:{text}".removeprefix(":") + "}"


def _said(attributes: Attributes) -> str:
    return ",".join(
        name if value is True else f"{name}={value}" for name, value in sorted(attributes.items())
    )
