"""A real relay process on a port of its own, to be killed and started again."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType

START_SECONDS = 30.0


class RelayProcess:
    """`with RelayProcess(data_dir) as relay:` — stopped by SIGTERM at the end, by its id."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> RelayProcess:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.process is not None:
            self.stop()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start on the port that it had before, the first time on a free one."""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "sync.relay", "serve", "--data-dir", str(self.data_dir)),
                *("--listen", f"127.0.0.1:{self.port}"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        lines: Queue[str] = Queue()
        process = self.process

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.put(line)

        threading.Thread(target=read, daemon=True).start()
        try:
            while True:
                try:
                    line = lines.get(timeout=0.2)
                    break
                except Empty:
                    if process.poll() is not None:
                        raise

        except Empty:
            process.kill()
            raise AssertionError(f"no relay: {process.communicate()[1]}") from None
        match = re.fullmatch(r"listening on ws://127\.0\.0\.1:(\d+)\n", line)
        assert match, line
        self.port = int(match.group(1))

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self) -> int:
        """SIGTERM; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def _gone(self) -> int:
        assert self.process is not None
        process, self.process = self.process, None
        code = process.wait(30)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        return code

    def restart(self) -> None:
        """kill -9, then start on the same port."""
        self.kill()
        self.start()

    def admin(self, *arguments: str, stdin: str | None = None) -> str:
        """Run an administration command; return what it printed, without the line's end."""
        result = self.run(*arguments, stdin=stdin)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run an administration command, whatever comes of it."""
        return subprocess.run(
            [sys.executable, "-m", "sync.relay", *arguments, "--data-dir", str(self.data_dir)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def add_user(self, name: str, password: str = "correct horse") -> None:
        self.admin("user", "add", name, "--password-stdin", stdin=password + "\n")


def limit_files(relay: RelayProcess, size: int) -> None:
    """Let no write of the relay go beyond `size` bytes of a file. Linux only."""
    assert relay.process is not None
    resource.prlimit(relay.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
