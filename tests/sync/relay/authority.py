"""Certificates for tests."""

from __future__ import annotations

import select
import ssl
import threading
from pathlib import Path
from typing import Any

import trustme


class _OneAtATime(ssl.SSLSocket):
    """Reads and writes never at the same time, of which OpenSSL makes no promise.

    A blocking WebSocket of the tests reads on a thread of its own. If the server's session ticket
    came while it sent its request, the request was lost now and then, and both waited for ever
    (python/cpython#134698, which Python 3.11 lacks). Inkstand itself does all on one thread.
    """

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        self._turn = threading.Lock()

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        while True:
            patience = self.gettimeout()
            if not self.pending() and not select.select([self], [], [], patience)[0]:
                raise TimeoutError
            with self._turn:
                self.settimeout(0)
                try:
                    return super().recv(buflen, flags)
                except ssl.SSLWantReadError:
                    continue  # it was nothing for us
                finally:
                    self.settimeout(patience)

    def sendall(self, data: Any, flags: int = 0) -> None:
        with self._turn:
            super().sendall(data, flags)


class Authority:
    """Signs certificates for this machine."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self.certificate, self.key = folder / "chain.pem", folder / "key.pem"
        self.root = folder / "root.pem"
        """What to trust, for programs that want a file."""
        self._authority.cert_pem.write_to_path(str(self.root))
        self.renew()

    def renew(self) -> int:
        """Write a new certificate; return its serial number."""
        issued = self._authority.issue_cert("localhost", "127.0.0.1")
        self.key.write_bytes(issued.private_key_pem.bytes())
        self.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        return self.serial_of(issued.cert_chain_pems[0].bytes().decode())

    @staticmethod
    def serial_of(pem: str) -> int:
        from cryptography import x509

        return x509.load_pem_x509_certificate(pem.encode()).serial_number

    def trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.sslsocket_class = _OneAtATime
        self._authority.configure_trust(context)
        return context
