"""What packaging/relay holds, and that docs/relay.md says the same."""

from __future__ import annotations

import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

import pytest
from packaging.requirements import Requirement

from tests.services import free_port, program
from tests.sync.relay.api.client import Api
from tests.sync.relay.authority import Authority
from tests.test_project import ROOT, project

RELAY = ROOT / "packaging" / "relay"
PACKAGE = RELAY / "package"
UNIT = RELAY / "inkstand-relay.service"
DOCS = (ROOT / "docs" / "relay.md").read_text(encoding="utf-8")

linux = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


class TestDocs:
    def test_they_name_every_file_there_is_and_no_other(self) -> None:
        named = set(re.findall(r"packaging/relay/([\w.-]*\w)", DOCS))
        # What makes them is docs/packaging.md's.
        made_of = {"requirements.in", "nfpm.yaml", "package", "Dockerfile.dockerignore"}
        assert named == {path.name for path in RELAY.iterdir()} - made_of

    def test_they_show_the_caddyfile_as_it_is(self) -> None:
        shown = re.findall(r"(?m)^    relay\.example\.org \{\n(?:    .*\n)+", DOCS)
        assert [re.sub(r"(?m)^    ", "", text) for text in shown] == [
            (RELAY / "Caddyfile").read_text(encoding="utf-8")
        ]

    def test_all_files_mean_the_same_address(self) -> None:
        [listen] = re.findall(r"LISTEN=([\d.:]+)", UNIT.read_text(encoding="utf-8"))
        for name in ("nginx.conf", "Caddyfile"):
            assert re.findall(r"127[\d.:]+\d:\d+", (RELAY / name).read_text()) == [listen]


class TestRequirements:
    """A relay needs no Qt, so its machine gets none."""

    def test_its_lock_is_a_part_of_the_whole_one(self) -> None:
        whole = blocks(ROOT / "requirements.lock")
        part = blocks(RELAY / "requirements.lock")
        assert {name: whole[name] for name in part} == part

    def test_it_names_all_that_the_extra_does(self) -> None:
        lines = (RELAY / "requirements.in").read_text(encoding="utf-8").splitlines()
        names = {line for line in lines if line and not line.startswith("#")}
        table = project()["project"]
        extra = {Requirement(line).name for line in table["optional-dependencies"]["relay"]}
        app = {Requirement(line).name for line in table["dependencies"]}
        assert extra <= names <= extra | app

    def test_its_lock_was_made_by_the_command_of_the_makefile(self) -> None:
        lock = RELAY / "requirements.lock"
        header = re.search(r"(?m)^#\s+(uv pip compile .*)$", lock.read_text(encoding="utf-8"))
        assert header is not None
        makefile = re.sub(r"\s*\\\n\s*", " ", (ROOT / "Makefile").read_text(encoding="utf-8"))
        assert header[1] in makefile

    def test_a_relay_runs_with_nothing_else(self, tmp_path: Path) -> None:
        """In an environment that has the locked packages only, and of ours only `sync`."""
        home = tmp_path / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
        [packages] = home.glob("lib/python*/site-packages")
        (packages / "sync").symlink_to(ROOT / "sync")
        for line in (RELAY / "requirements.lock").read_text(encoding="utf-8").splitlines():
            if "==" in line:
                requirement = Requirement(line.rstrip("\\ "))
                if requirement.marker is None or requirement.marker.evaluate():
                    link_package(requirement.name, packages)
        python = home / "bin" / "python"
        clean = {"PATH": os.environ["PATH"], "PYTHONNOUSERSITE": "1", "PYTHONUNBUFFERED": "1"}
        data = tmp_path / "data"

        def relay(*arguments: str, stdin: str = "") -> str:
            command = [python, "-m", "sync.relay", *arguments, "--data-dir", data]
            return subprocess.run(
                command,
                input=stdin,
                cwd=home,
                env=clean,
                check=True,
                text=True,
                capture_output=True,
            ).stdout

        find = "import importlib.util as u; print(u.find_spec('PySide6'), u.find_spec('app'))"
        found = subprocess.run(
            [python, "-c", find], cwd=home, env=clean, check=True, capture_output=True
        )
        assert found.stdout.split() == [b"None", b"None"]
        relay("user", "add", "ada", "--password-stdin", stdin="correct horse\n")
        server = subprocess.Popen(
            [python, "-m", "sync.relay", "serve", "--data-dir", data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            cwd=home,
            env=clean,
            text=True,
        )
        with server:
            try:
                assert server.stdout is not None
                port = int(server.stdout.readline().rpartition(":")[2])
                api = Api(port)
                assert api.sign_in("ada").status == 200
                assert api.get("/api/openapi.json").status == 200
                assert "signed_in" in relay("audit")
                relay("backup", str(tmp_path / "backup"))
                assert "can be read" in relay("check")
            finally:
                server.terminate()
        assert server.returncode == 0


@linux
class TestUnit:
    @pytest.fixture
    def unit(self, tmp_path: Path) -> Path:
        """The relay's, with a program that is there; the others are beside it."""
        here = str(Path(sys.executable).parent)
        for name in ("inkstand-relay.service", "inkstand-relay-backup.service"):
            text = (RELAY / name).read_text(encoding="utf-8")
            assert text.count("ExecStart=/usr/bin/inkstand-relay") == 1
            (tmp_path / name).write_text(text.replace("/usr/bin", here))
        timer = RELAY / "inkstand-relay-backup.timer"
        (tmp_path / timer.name).write_bytes(timer.read_bytes())
        return tmp_path / UNIT.name

    def test_systemd_understands_all_of_them(self, unit: Path) -> None:
        files = [*unit.parent.glob("*.service"), *unit.parent.glob("*.timer")]
        assert len(files) == 3
        result = analyze("verify", *map(str, files))
        assert (result.returncode, result.stderr) == (0, "")

    @pytest.mark.parametrize(
        ("name", "most"), [("inkstand-relay", 15), ("inkstand-relay-backup", 7)]
    )
    def test_it_gives_the_relay_little(self, unit: Path, name: str, most: int) -> None:
        # Tenths; 96 is a service that says nothing. The network is most of what is left.
        file = unit.with_name(f"{name}.service")
        result = analyze("security", "--offline=true", f"--threshold={most}", str(file))
        assert result.returncode == 0, result.stdout
        assert f"`{name}.service` {most / 10}" in DOCS

    @pytest.fixture
    def open_folder(self) -> Iterator[Path]:
        """One that other users can enter; pytest closes its own to all but its user."""
        with TemporaryDirectory(prefix="inkstand-") as name:
            Path(name).chmod(0o755)
            yield Path(name)

    def test_the_user_is_the_one_that_the_package_makes(self) -> None:
        [made] = re.findall(r"(?m)^u (\S+)", (PACKAGE / "sysusers.conf").read_text())
        for path in RELAY.rglob("*.service"):
            assert value_of(path, "User") == made

    def test_what_it_starts_serves_reloads_and_stops(self, unit: Path, open_folder: Path) -> None:
        """With what systemd would give it, as a user without any rights where the tests are root.

        systemd itself is not run: it takes a machine of its own.
        """
        authority = Authority(open_folder)
        data = open_folder / "state"
        data.mkdir(mode=0o700)
        settings = dict(
            re.findall(r"(\w+)=(\S*)", value_of(unit, "Environment")),
            STATE_DIRECTORY=str(data),
            PATH=os.environ["PATH"],
        )
        assert settings["LISTEN"]
        # As /etc/inkstand-relay/relay.env would overlay it.
        settings["LISTEN"] = f"127.0.0.1:{free_port()}"
        settings["OPTIONS"] = f"--tls-cert {authority.certificate} --tls-key {authority.key}"
        settings["INKSTAND_RELAY_DRAIN_SECONDS"] = "0.1"
        command = command_line(value_of(unit, "ExecStart"), settings)
        if os.geteuid() == 0:
            who: list[str] = []
            if all(p.stat().st_mode & 0o001 for p in Path(sys.executable).resolve().parents):
                who = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
                for path in (data, authority.certificate, authority.key):
                    os.chown(path, NOBODY, NOBODY)
            # Where root keeps Python to itself, it is root without any of root's rights.
            command = [
                *(program("setpriv"), *who, "--no-new-privs", "--bounding-set=-all", *command)
            ]
        server = subprocess.Popen(
            command, env={**settings, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
        )
        with server:
            try:
                assert server.stdout is not None
                assert server.stdout.readline() == f"listening on wss://{settings['LISTEN']}\n"
                port = int(settings["LISTEN"].rpartition(":")[2])
                assert Api(port, tls=authority.trusting()).get("/readyz").status == 200
                # As root administers it: a file that the service cannot write would stop it.
                admin = [sys.executable, "-m", "sync.relay", "user", "add", "ada"]
                subprocess.run(
                    [*admin, "--password-stdin", "--data-dir", data],
                    input=b"correct horse\n",
                    check=True,
                )
                assert {path.stat().st_uid for path in data.iterdir()} == {data.stat().st_uid}
                assert Api(port, tls=authority.trusting()).sign_in("ada").status == 200

                serial = authority.renew()
                reload = value_of(unit, "ExecReload").replace("$MAINPID", str(server.pid))
                subprocess.run(shlex.split(reload), check=True)
                while authority.serial_of(served(port)) != serial:
                    pass
            finally:
                server.send_signal(signal.SIGTERM)
        assert server.returncode == 0


NOBODY = 65534


def blocks(lock: Path) -> dict[str, str]:
    """Return each package's lines of a lock file, without what it is locked for."""
    found = re.split(r"(?m)^(?=[\w.-]+==)", lock.read_text(encoding="utf-8"))[1:]
    return {re.split("==", text)[0]: re.sub(r" ; [^\n\\]*", " ", text) for text in found}


def link_package(name: str, target: Path) -> None:
    """Let `target` have what a distribution of this environment has put beside its kind."""
    files = distribution(name).files or []
    for top in {file.parts[0] for file in files} - {".."}:
        source = Path(str(distribution(name).locate_file(top)))
        link = target / top
        if source.exists() and not link.exists() and top != "__pycache__":
            link.symlink_to(source)


def value_of(unit: Path, key: str) -> str:
    [value] = re.findall(rf"(?m)^{key}=(.*)$", unit.read_text(encoding="utf-8"))
    return value


def command_line(text: str, variables: dict[str, str]) -> list[str]:
    """Split it as systemd does: ${NAME} is in one word, a word that is $NAME becomes many."""
    words: list[str] = []
    for word in shlex.split(text):
        if re.fullmatch(r"\$\w+", word):
            words += variables[word[1:]].split()
        else:
            words.append(Template(word).substitute(variables))
    return words


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("systemd-analyze"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""},
    )


def served(port: int) -> str:
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=20)
