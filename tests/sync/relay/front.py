"""A real nginx before several nodes, with the file of packaging/relay/cluster, to be killed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.nginx import nginx_configuration
from tests.services import Server, free_port, takes_connections

FILE = Path(__file__).resolve().parents[3] / "packaging" / "relay" / "cluster" / "nginx.conf"


class Front(Server):
    """`with Front(folder, ports) as front:` — without TLS, which is tested where one relay is."""

    def __init__(self, folder: Path, ports: Iterable[int]) -> None:
        folder.mkdir(parents=True)
        self.port = free_port()
        site = FILE.read_text(encoding="utf-8")
        nodes = [f"server 127.0.0.1:{port} max_fails=0;" for port in ports]
        site, replaced = re.subn(
            r"(?m)^    server 127\.0\.0\.1:8101 .*\n    server 127\.0\.0\.1:8102 .*$",
            "    " + "\n    ".join(nodes),
            site,
        )
        assert replaced == 2
        site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.port};")
        site = re.sub(r"(?m)^    (listen \[|ssl_).*\n", "", site)
        (folder / "site.conf").write_text(site)
        # One process, so that killing it kills it.
        configuration = nginx_configuration(folder, "master_process off;", connections=4096)
        command = ["nginx", "-p", str(folder), "-c", str(configuration), "-e", "stderr"]
        super().__init__(folder, command, lambda: takes_connections(self.port))

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"
