"""Run before the program, in the bundle only: puts right what a bundle finds otherwise."""

from __future__ import annotations

import os
import ssl
import sys

_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian and its relatives, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora and its relatives
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine
)


def _find_certificates() -> None:
    """Tell OpenSSL where certificates are: it knows one place, of the system it was built on."""
    known = ssl.get_default_verify_paths()
    if known.cafile is not None or known.capath is not None:
        return  # it is there, or the person has said where
    for place in _CERTIFICATES:
        if os.path.exists(place):  # noqa: PTH110  # pathlib is slow to import
            os.environ[known.openssl_cafile_env] = place
            return


def _keep_libraries_to_ourselves() -> None:
    """Take back what the bundle's starter set for this process, which has read it already.

    A browser that opens a link would load our libraries in the place of its own. A process of our
    own beside this one has to be told to set it again: else it takes it for set.
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


if sys.platform != "win32":
    _find_certificates()
if sys.platform == "linux":
    _keep_libraries_to_ourselves()
