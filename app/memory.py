"""Memory that is free, but that the C library would keep: glibc's. Elsewhere nothing is done."""

from __future__ import annotations

import ctypes
import sys
from functools import cache


@cache
def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None


def give_back() -> None:
    """Give free memory back to the system: 5 MB of 145 once a book is open. Takes some ms."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)
