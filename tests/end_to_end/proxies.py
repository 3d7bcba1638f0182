"""nginx and Caddy for real, each with the file of packaging/relay that docs/relay.md shows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.nginx import nginx_configuration
from tests.services import free_port, running, takes_connections, wait_until_up
from tests.sync.relay.authority import Authority

FILES = Path(__file__).resolve().parents[2] / "packaging" / "relay"


@contextmanager
def nginx(
    folder: Path,
    authority: Authority,
    relay_port: int,
    *,
    patience: str = "75s",
    keeps_open: bool = False,
) -> Iterator[int]:
    """Run it before the relay at `relay_port`; yield its own port.

    `patience` is how long it waits for a word from the relay, as nginx writes times.
    With `keeps_open` it uses connections to the relay again, as an administrator may want.
    """
    port = free_port()
    site = _replaced(
        (FILES / "nginx.conf").read_text(encoding="utf-8"),
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "listen [::]:443 ssl;": "",
            "server_name relay.example.org;": "server_name localhost;",
            "/etc/inkstand/fullchain.pem": str(authority.certificate),
            "/etc/inkstand/privkey.pem": str(authority.key),
            "127.0.0.1:8100;": f"127.0.0.1:{relay_port};",
            "proxy_read_timeout 75s;": f"proxy_read_timeout {patience};",
        },
    )
    if keeps_open:
        site = _replaced(
            site,
            {
                '"" close;': '"" "";',
                f"proxy_pass http://127.0.0.1:{relay_port};": "proxy_pass http://relay;",
            },
        )
        site += f"upstream relay {{ server 127.0.0.1:{relay_port}; keepalive 1; }}\n"
    (folder / "site.conf").write_text(site)
    configuration = nginx_configuration(folder)
    command = ["nginx", "-p", str(folder), "-c", str(configuration), "-e", "stderr"]
    with _listening(command, folder, port, {}):
        yield port


@contextmanager
def caddy(folder: Path, authority: Authority, relay_port: int) -> Iterator[int]:
    """Run it before the relay at `relay_port`; yield its own port.

    Its certificate is the test's, as it cannot get its own without a name in the DNS.
    """
    port = free_port()
    site = _replaced(
        (FILES / "Caddyfile").read_text(encoding="utf-8"),
        {
            "relay.example.org {": f"localhost {{\n    tls {authority.certificate} {authority.key}",
            "127.0.0.1:8100": f"127.0.0.1:{relay_port}",
        },
    )
    (folder / "Caddyfile").write_text(
        "{\nadmin off\nauto_https disable_redirects\nskip_install_trust\n"
        f"default_bind 127.0.0.1\nhttps_port {port}\n}}\n{site}"
    )
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with _listening(command, folder, port, homes):
        yield port


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        assert text.count(old) == 1, f"there is no longer one {old!r}"
        text = text.replace(old, new)
    return text


@contextmanager
def _listening(
    command: list[str], folder: Path, port: int, variables: Mapping[str, str]
) -> Iterator[None]:
    """Run a server until the end of the block, which begins when it takes connections."""
    log = folder / "log"
    with running(command, {**os.environ, **variables}, log) as process:
        wait_until_up(process, command[0], log, lambda: takes_connections(port))
        yield
