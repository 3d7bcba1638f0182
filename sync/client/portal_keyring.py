"""The keyring in Flatpak's sandbox: libsecret, on the key that the desktop's Secret portal gives.

There libsecret keeps an encrypted file among the app's own; no other app can have the key to it,
and this one sees nobody else's secrets. keyring's own backend for libsecret first asks whether
there is a Secret Service, which the sandbox keeps away on purpose, and then counts as not there.
"""

from __future__ import annotations

from pathlib import Path

from keyring.backends import libsecret
from keyring.compat import properties


def in_sandbox() -> bool:
    """Whether this program runs as a Flatpak."""
    return Path("/.flatpak-info").is_file()


class PortalKeyring(libsecret.Keyring):
    """libsecret without the question for a service."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        """Count for nothing elsewhere: keyring chooses among all that were ever imported."""
        if not in_sandbox():
            raise RuntimeError("not in a sandbox")
        return 5.0
