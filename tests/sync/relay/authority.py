"""Certificates for tests."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


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
        self._authority.configure_trust(context)
        return context
