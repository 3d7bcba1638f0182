"""Where the relay listens, and whom it listens to."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from sync.errors import AdministrationError
from sync.hosts import is_loopback
from sync.relay.places import Network, Proxies, contains

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")

TLS_HANDSHAKE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Listening:
    """An address, and what protects it."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    certificate: Path | None = None
    """PEM, the whole chain; `key` too if it is None."""
    key: Path | None = None
    proxies: Proxies = field(default_factory=Proxies)
    origins: tuple[str, ...] = ()
    """Of web pages that may connect; programs that are no browser send none."""
    metrics_from: tuple[Network, ...] = ()
    """Who may read ``/metrics``, beside this machine."""
    insecure: bool = False
    """Whether plain text may leave this machine."""
    only_from: tuple[Network, ...] = ()
    """Whose sockets are taken, beside this machine's; empty: everybody's."""

    def check(self) -> None:
        """Raises `AdministrationError` if anybody on the way could read along."""
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise AdministrationError(
                    f"{origin!r} is no origin; write it as in https://write.example.org."
                )
        if self.key is not None and self.certificate is None:
            raise AdministrationError("--tls-key needs --tls-cert.")
        protected = self.certificate is not None or bool(self.proxies) or self.insecure
        if not is_loopback(self.host) and not protected:
            raise AdministrationError(
                f"{self.host} can be reached from outside, and without TLS everybody on the way "
                "could read along. Give --tls-cert and --tls-key, or listen behind a proxy with "
                "TLS (on 127.0.0.1, or with --trusted-proxy), or say --insecure."
            )

    def admits(self, peer: str) -> bool:
        """Whether a socket from `peer` is taken: without TLS, a proxy's or this machine's only."""
        if self.only_from and not (contains(self.only_from, peer) or is_loopback(peer)):
            return False
        if not self.proxies or self.certificate is not None or self.insecure:
            return True
        return self.proxies.trusts(peer) or is_loopback(peer)

    def tls(self) -> ssl.SSLContext | None:
        """Return the context for TLS. Raises `AdministrationError` for a bad certificate."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        self.load_certificate(context)
        return context

    def load_certificate(self, context: ssl.SSLContext) -> None:
        """Read the files, at start and when they are renewed. Raises `AdministrationError`."""
        assert self.certificate is not None
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
            raise AdministrationError(
                f"Cannot use the certificate {self.certificate} with the key "
                f"{self.key or self.certificate} ({reason})."
            ) from None


def _no_password() -> str:
    """Instead of OpenSSL's question on the terminal."""
    raise ValueError("the key is encrypted; a relay cannot type its password")


def parse_listen(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``. Raises `AdministrationError`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise AdministrationError(f"{text!r} is no address; write HOST:PORT, as in 127.0.0.1:8100.")
    return host.strip("[]"), int(port)
