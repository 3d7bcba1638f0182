"""Sentences that people read, in their language. No Qt: the app says who translates.

`make translations` finds them by the names `phrase` and `phrase_many`, so what is said must be
written out where it is said, not put together from pieces. Without a translator (on the command
line, and in the relay's log) it is English.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

Find: TypeAlias = Callable[[str, str, int], str]
"""(sentence, its plural or "", how many or -1) -> the sentence in another language; "" if it
has none. The parts in braces are still in it. Any thread may call it."""

Number: TypeAlias = Callable[[int], str]
"""Writes a whole number as people do."""


def _english(number: int) -> str:
    return f"{number:,}"


@dataclass
class _Language:
    find: Find | None = None
    number: Number = _english


_language: Final = _Language()


def translate_with(find: Find | None, number: Number | None = None) -> None:
    """Say everything through this from now on; None: in English."""
    _language.find = find
    _language.number = number or _english


def phrase(sentence: str, **values: object) -> str:
    """Return a sentence in the person's language, each {name} in it replaced by its value.

    Whole numbers are written as the person's language does; give a code, which is no
    quantity, as a str.
    """
    return _fill(_found(sentence, "", -1) or sentence, values)


def phrase_many(one: str, many: str, count: int, **values: object) -> str:
    """Return the sentence for as many as `count`, which is {count} in it."""
    found = _found(one, many, count) or (one if count == 1 else many)
    return _fill(found, {**values, "count": count})


def _found(one: str, many: str, count: int) -> str:
    return _language.find(one, many, count) if _language.find is not None else ""


def _fill(sentence: str, values: dict[str, object]) -> str:
    written = {
        name: _language.number(value) if type(value) is int else value
        for name, value in values.items()
    }
    return sentence.format(**written)


def explain_os_error(error: OSError) -> str:
    """Return why the system refused, in words that follow a colon."""
    match error.errno:
        case errno.ENOENT:
            return phrase("there is no such file or folder")
        case errno.EACCES | errno.EPERM:
            return phrase("you have no permission")
        case errno.ENOSPC | errno.EDQUOT:
            return phrase("the disk is full")
        case errno.EROFS:
            return phrase("the disk or the folder is read-only")
        case errno.EISDIR:
            return phrase("that is a folder")
        case errno.ENOTDIR:
            return phrase("part of the path is not a folder")
        case errno.EEXIST:
            return phrase("it exists already")
        case errno.ENAMETOOLONG:
            return phrase("the name is too long")
        case errno.EIO:
            return phrase("the disk does not answer as it should")
        case errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN:
            return phrase("there is no network that leads there")
    return (error.strerror or str(error)).lower()  # the system's own words, in its own language
