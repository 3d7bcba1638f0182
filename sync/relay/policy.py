"""What a person's name and password may be, for the HTTP interface and the command line."""

from __future__ import annotations

import re

from sync.errors import AdministrationError

SHORTEST_PASSWORD = 8
"""Characters."""
LONGEST_PASSWORD = 1000
"""Characters: more would only keep the hash function busy."""
LONGEST_NAME = 200
"""Characters."""

_EDGE = r"\u0000-\u0020\u007f-\u00a0\u2028-\u202e\u2066-\u2069"
_MIDDLE = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"
NAME_PATTERN = rf"^[^{_EDGE}]([^{_MIDDLE}]*[^{_EDGE}])?$"
"""No control characters, none that turn the direction of a line, no space at the ends."""


def check_name(name: str) -> str:
    """Return a name that an account may have. Raises `AdministrationError`."""
    if len(name) > LONGEST_NAME or not re.fullmatch(NAME_PATTERN, name) or name.endswith("\n"):
        raise AdministrationError(
            f"A name has 1 to {LONGEST_NAME} characters, no control characters among them and no "
            "space at its ends. Choose another one."
        )
    return name


def check_password(password: str) -> str:
    """Return a password that an account may have. Raises `AdministrationError`."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AdministrationError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD:,} characters. "
            "Choose another one."
        )
    return password
