"""nginx and Caddy for real, each with the file of packaging/relay that docs/relay.md shows."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.services import START_TIMEOUT, ServiceFailed, running
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
    port = _free_port()
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
    # What Debian's own nginx.conf would say, with every path in a folder of the test's.
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"daemon off;\npid {folder / 'nginx.pid'};\nerror_log stderr;\n"
        f"events {{ worker_connections 768; }}\n"
        f"http {{\naccess_log off;\n{paths}\ninclude {folder / 'site.conf'};\n}}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with _listening(command, folder, port, {}):
        yield port


@contextmanager
def caddy(folder: Path, authority: Authority, relay_port: int) -> Iterator[int]:
    """Run it before the relay at `relay_port`; yield its own port.

    Its certificate is the test's, as it cannot get its own without a name in the DNS.
    """
    port = _free_port()
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


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def _listening(
    command: list[str], folder: Path, port: int, variables: Mapping[str, str]
) -> Iterator[None]:
    """Run a server until the end of the block, which begins when it takes connections."""
    log = folder / "log"
    with running(command, {**os.environ, **variables}, log) as process:
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if process.poll() is not None or time.monotonic() > deadline:
                    said = log.read_text(errors="replace").strip()
                    raise ServiceFailed(f"{command[0]} did not start: {said}") from None
                # Between two looks at a server that has no way to say that it is ready.
                time.sleep(0.01)
        yield
