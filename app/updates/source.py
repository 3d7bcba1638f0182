"""Where the package that this is looks for newer versions: `resources/build.json`.

The file is empty (`{}`) in the repository and in distributions' packages, which bring new versions
by themselves: then there is no source, and nothing of all this is shown. docs/packaging.md says how
another one is made.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.updates.index import is_page

KEY_BYTES = 32
"""Length of a public key (Ed25519)."""


@dataclass(frozen=True, slots=True)
class Source:
    """An index of versions."""

    address: str
    """Of the index; https."""
    keys: tuple[bytes, ...]
    """Public keys; the index is signed with at least one of them."""


def read_source(path: Path) -> Source | None:
    """Return what a file of settings of the build names.

    None: nothing, or nothing whole, or this Python has nothing to check signatures with.
    """
    try:
        found = _source(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if find_spec("nacl") is not None else None


def _source(settings: dict[str, Any]) -> Source:
    address = settings["update_index"]
    keys = tuple(b64decode(key, validate=True) for key in settings["update_keys"])
    if not is_page(address) or not keys or any(len(key) != KEY_BYTES for key in keys):
        raise ValueError(address)
    return Source(address, keys)
