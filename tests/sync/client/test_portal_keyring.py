"""The keyring of a Flatpak: libsecret's encrypted file, with a key that stands in for the portal's.

The system's Python runs it, since PyGObject comes with that one: here as in Flatpak's runtime.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest

from sync.client.portal_keyring import PortalKeyring, in_sandbox
from tests.test_project import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="Flatpak is Linux's")

SAVE = """
from sync.client.credentials import Credentials
from sync.client.portal_keyring import PortalKeyring
import sys
print(Credentials("one", PortalKeyring()).save("ada", "an ünlikely secret"))
print(Credentials("two", PortalKeyring()).load("ada"))
"""

LOAD = """
from sync.client.credentials import Credentials
from sync.client.portal_keyring import PortalKeyring
credentials = Credentials("one", PortalKeyring())
print(credentials.load("ada"))
credentials.delete("ada")
print(credentials.load("ada"))
"""

PLAIN = "import keyring; print(keyring.get_keyring())"


def python(program: str, file: Path, key: str = "a key") -> list[str]:
    packages = Path(keyring.__file__).parent.parent
    done = subprocess.run(
        ["/usr/bin/python3", "-c", program],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{packages}",
            "PYTHONUTF8": "1",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",  # as the sandbox has no service
            "SECRET_BACKEND": "file",
            "SECRET_FILE_TEST_PATH": str(file),
            "SECRET_FILE_TEST_PASSWORD": key,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@linux
def test_a_secret_outlives_the_program_in_a_file_that_is_encrypted(tmp_path: Path) -> None:
    file = tmp_path / "keyring"
    assert python(SAVE, file) == ["Stored()", "None"]
    assert b"secret" not in file.read_bytes()
    assert b"ada" not in file.read_bytes()
    assert python(LOAD, file) == ["an ünlikely secret", "None"]


@linux
def test_keyrings_own_backend_would_not_be_found_there(tmp_path: Path) -> None:
    """Why there is one of our own; when this fails, it is not needed any more."""
    [found] = python(PLAIN, tmp_path / "keyring")
    assert "libsecret" not in found


def test_here_is_no_sandbox() -> None:
    assert not in_sandbox()


def test_it_is_no_choice_outside_of_a_sandbox() -> None:
    assert not in_sandbox()
    assert not PortalKeyring.viable
