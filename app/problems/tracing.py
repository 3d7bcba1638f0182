"""Where in the program something went wrong, in words that hold nothing of what it worked on.

No message of an exception that may quote a text, no values of variables, no path above the
program's own folders: the names of files, functions and types alone.
"""

from __future__ import annotations

import re
import traceback
from types import TracebackType

_FRAMES = 40
"""Calls that are told, the innermost ones."""

_LONGEST = 200
"""Characters of a message."""

_HARMLESS = (AttributeError, ImportError, IndexError, NameError, RecursionError, ZeroDivisionError)
"""Exceptions whose messages name parts of the program."""

_ROOTS = re.compile(r".*[/\\](?=(?:app|sync|site-packages|lib[/\\]python[0-9.]+)[/\\])", re.DOTALL)


def describe(error: BaseException) -> str:
    """Return types and places of an exception and of those that led to it."""
    parts: list[str] = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        parts.append(_describe_one(following))
        following = following.__cause__ or (
            None if following.__suppress_context__ else following.__context__
        )
    return "which came of\n".join(parts)


def place(error: BaseException) -> str:
    """Return where an exception was raised: the same text for the same mistake."""
    frames = _frames(error.__traceback__)
    return f"{type(error).__name__} {frames[-1] if frames else ''}"


def shortened(path: str) -> str:
    """Return a path without what stands above the program's folders: it may name a person."""
    found = _ROOTS.sub("", path)
    return found if found != path else re.split(r"[/\\]", path)[-1]


def _describe_one(error: BaseException) -> str:
    kind = type(error)
    lines = [f"{kind.__module__}.{kind.__qualname__}"]
    if isinstance(error, _HARMLESS) and kind.__module__ == "builtins":
        lines[0] += f": {str(error)[:_LONGEST]}"
    elif isinstance(error, OSError):
        lines[0] += f": errno {error.errno}"
    lines += [f"  {frame}" for frame in _frames(error.__traceback__)[-_FRAMES:]]
    return "\n".join(lines) + "\n"


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{shortened(frame.f_code.co_filename)}:{line} in {frame.f_code.co_qualname}"
        for frame, line in traceback.walk_tb(trace)
    ]
