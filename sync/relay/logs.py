"""The relay's log: text for people, JSON for machines; on standard error.

A message is a fixed sentence; what varies is in named fields, given as `extra`.
Nothing secret goes into either, and nothing of a document's content: who it was
is a user id, what it was about is a document id.
"""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")

_STANDARD = frozenset(RESERVED_ATTRS) | {"taskName", "message", "asctime"}
_CHATTY = ("websockets", "uvicorn", "asyncio", "concurrent")
"""Libraries that would write frames, and so tokens, at level debug, and a line a socket at info."""


class TextFormatter(logging.Formatter):
    """One line: time, level, sentence, then the fields as ``name=value``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        """See `logging.Formatter`."""
        fields = " ".join(
            f"{name}={_quoted(value)}"
            for name, value in vars(record).items()
            if name not in _STANDARD and value is not None
        )
        line = super().formatMessage(record)
        return f"{line} {fields}" if fields else line


def _quoted(value: object) -> str:
    """Return a value that cannot be taken for the next field, nor for the next line."""
    text = str(value)
    return text if text and text.isprintable() and not set(' "=') & set(text) else repr(text)


def configure(form: str, level: str) -> None:
    """Send the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(
            JsonFormatter(
                "{levelname}{name}{message}",
                style="{",
                timestamp=True,
                rename_fields={"levelname": "level", "name": "logger"},
            )
        )
    else:
        handler.setFormatter(TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
