"""Imports that cost no more than they must. Import this before anything of PySide6."""

from __future__ import annotations

import linecache
from contextlib import suppress
from importlib import import_module
from typing import Any

import shiboken6  # noqa: F401  # brings shibokensupport


def read_no_sources() -> None:
    """Keep PySide6 from reading the source of every module that is imported.

    It looks in each for the word PySide, in case the module has chosen other names for Qt's
    methods (`from __feature__ import snake_case`), and Python keeps all that it has read: 500
    files, 15 MB. Nothing here chooses any. In another PySide6 there may be nothing to replace.
    """
    with suppress(ImportError):
        feature: Any = import_module("shibokensupport.feature")
        if hasattr(feature, "_mod_uses_pyside"):
            feature._mod_uses_pyside = lambda _: False
            linecache.clearcache()
