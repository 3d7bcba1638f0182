"""A real nginx before several nodes, with the file of packaging/relay/cluster, to be killed."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from types import TracebackType

from tests.services import START_TIMEOUT, ServiceFailed, running

FILE = Path(__file__).resolve().parents[3] / "packaging" / "relay" / "cluster" / "nginx.conf"


class Front:
    """`with Front(folder, ports) as front:` — without TLS, which is tested where one relay is."""

    def __init__(self, folder: Path, ports: Iterable[int]) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
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
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "\n".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
        # One process, so that killing it kills it.
        (folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            f"daemon off;\nmaster_process off;\npid {folder / 'nginx.pid'};\nerror_log stderr;\n"
            f"events {{ worker_connections 4096; }}\n"
            f"http {{\naccess_log off;\n{paths}\ninclude {folder / 'site.conf'};\n}}\n"
        )
        self._stack = ExitStack()
        self.process: Popen[bytes] | None = None

    def __enter__(self) -> Front:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self._folder / "log"
        command = ["nginx", "-p", str(self._folder), "-c", str(self._folder / "nginx.conf")]
        process = running([*command, "-e", "stderr"], os.environ, log)
        self.process = self._stack.enter_context(process)
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    said = log.read_text(errors="replace").strip()
                    raise ServiceFailed(f"nginx did not start: {said}") from None
                # Between two looks at a server that has no way to say that it is ready.
                time.sleep(0.01)

    def stop(self) -> None:
        self._stack.close()
        self.process = None

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.stop()
