"""The one test of a built program, on every system: it starts, types, saves, and syncs.

    smoke.py PROGRAM                   where PROGRAM is the file to start, or its folder
    smoke.py PROGRAM --relay RELAY     also with that relay's program, beside the one in PROGRAM

It needs a screen that nobody else uses (on Linux: xvfb-run, and xdotool), and Python without any
package. Exit code 1, and a sentence, at the first thing that is not as it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

PATIENCE = 120.0
"""Seconds for anything; reached only when something is broken."""

PASSWORD = "correct horse battery staple"  # noqa: S105

TYPED = "the quick brown fox wrote this 4711 times"


class Amiss(Exception):
    """Something is not as it should be; the message says what."""


def main() -> int:
    """Run the test."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", help="the program's file, or its folder")
    parser.add_argument("--relay", help="file of a relay's program; the one inside is tried anyway")
    parser.add_argument("--through", default="", help="command that starts each program, as chroot")
    parser.add_argument("--folder", type=Path, help="where to work, seen by the programs as well")
    parser.add_argument("--version", help="what the program must say it is")
    parser.add_argument("--keyring", action="store_true", help="there is one, and it must be used")
    parser.add_argument("--profile", type=Path, help="a profile, perhaps an older program's")
    parser.add_argument("--expect", default="", help="words that must be in that profile already")
    parser.add_argument("--only-type", metavar="WORDS", help="type these words, and nothing else")
    arguments = parser.parse_args()
    through = shlex.split(arguments.through)
    try:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
            program = Program(through, *programs_of(arguments.program))
            folder = Path(name)
            folder.chmod(0o777)  # the program may be another user's
            profile = arguments.profile or folder / "profile"
            if arguments.only_type:
                type_words(program, profile, arguments.only_type)
                return 0
            check_verbs(program, folder, profile, arguments.version, arguments.expect)
            check_window(program, folder, profile)
            relays = [[*program.verbs, "--beside", "sync.relay"]]
            if arguments.relay:
                relays.append([*through, arguments.relay])
            for number, command in enumerate(relays):
                check_relay(program, command, folder / f"relay-{number}", arguments.keyring)
    except Amiss as error:
        print(f"smoke.py: {error}", file=sys.stderr)
        return 1
    say("all is well")
    return 0


def say(sentence: str) -> None:
    """Say how far it is."""
    print(f"smoke.py: {sentence}", flush=True)


def wait(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so. Raises `Amiss` if it takes too long."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Amiss(f"{what}, waited for {PATIENCE:g} s")
        time.sleep(0.05)


def programs_of(name: str) -> tuple[str, str]:
    """Return the program with a window and the one for the verbs, which Windows has two of."""
    if not Path(name).is_dir():
        return name, name
    end = ".exe" if sys.platform == "win32" else ""
    window = str(Path(name) / f"inkstand{end}")
    return window, str(Path(name) / "inkstand-cli.exe") if end else window


class Program:
    """The program under test, and what it prints."""

    def __init__(self, through: list[str], window: str, verbs: str | None = None) -> None:
        self.opening = [*through, window]
        """Command of the window."""
        self.verbs = [*through, verbs or window]
        """Command of everything else."""

    def run(self, *arguments: str | Path, given: str = "") -> str:
        """Run a verb to its end and return what it prints. Raises `Amiss`."""
        done = subprocess.run(
            [*self.verbs, *map(str, arguments)],
            input=given,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            raise Amiss(f"{arguments} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def documents(self, profile: Path) -> list[str]:
        """Return the text of every document of a profile."""
        listed = json.loads(self.run("--data-dir", profile, "list", "--json"))
        return [self.run("--data-dir", profile, "export", one["id"]) for one in listed]

    @contextlib.contextmanager
    def window(self, profile: Path, *more: str | Path) -> Iterator[None]:
        """Open the window, and quit by the keyboard in the end: all must be on disk then."""
        session = profile / "session.json"
        session.unlink(missing_ok=True)
        command = [*self.opening, "--data-dir", str(profile), *map(str, more)]
        keyboard = KEYBOARDS[sys.platform]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
            try:
                is_open = partial(keyboard.window_is_open, session)
                wait(lambda: is_open() or process.poll() is not None, "no window opened")
                if process.poll() is not None:
                    raise Amiss(f"the window's program ended at once, with {process.returncode}")
                keyboard.look_at_the_window()
                yield
                keyboard.quit()
                wait(lambda: process.poll() is not None, "the program does not quit")
            finally:
                process.kill()
        if process.returncode != 0:
            raise Amiss(f"the window's program ended with {process.returncode}")


# Hands


class Keyboard:
    """Whoever types. `session` is a file that the program writes a moment after a window opened."""

    def window_is_open(self, session: Path) -> bool:
        """Whether there is a window to type in."""
        return session.exists()

    def look_at_the_window(self) -> None:
        """Give the window the keyboard."""
        raise NotImplementedError

    def new_document(self) -> None:
        """Begin a document."""
        raise NotImplementedError

    def type(self, text: str) -> None:
        """Type text, of letters, digits and spaces."""
        raise NotImplementedError

    def quit(self) -> None:
        """Quit."""
        raise NotImplementedError


class XKeyboard(Keyboard):
    """A keyboard of X11, where no window manager is in the way."""

    def window_is_open(self, session: Path) -> bool:  # noqa: ARG002
        """Ask the screen: programs that write no such file yet are tested too."""
        return bool(self._windows())

    def look_at_the_window(self) -> None:
        """Give the window the keyboard."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self._windows()[-1]], check=True)

    def _windows(self) -> list[str]:
        search = ["xdotool", "search", "--onlyvisible", "--class", "inkstand"]
        done = subprocess.run(search, check=False, capture_output=True, text=True)
        return done.stdout.split()

    def new_document(self) -> None:
        """Begin a document."""
        subprocess.run(["xdotool", "key", "ctrl+n"], check=True)

    def type(self, text: str) -> None:
        """Type text."""
        subprocess.run(["xdotool", "type", "--delay", "20", text], check=True)

    def quit(self) -> None:
        """Quit."""
        subprocess.run(["xdotool", "key", "ctrl+q"], check=True)


class MacKeyboard(Keyboard):
    """The keyboard of macOS; whoever runs this must be allowed to use it (Accessibility)."""

    def look_at_the_window(self) -> None:
        """Bring the program to the front."""
        self._do('set frontmost of (first process whose name is "inkstand") to true')

    def new_document(self) -> None:
        """Begin a document."""
        self._do('keystroke "n" using command down')

    def type(self, text: str) -> None:
        """Type text."""
        self._do(f"keystroke {json.dumps(text)}")

    def quit(self) -> None:
        """Quit."""
        self._do('keystroke "q" using command down')

    def _do(self, what: str) -> None:
        script = f'tell application "System Events" to {what}'
        subprocess.run(["osascript", "-e", script], check=True)


class WindowsKeyboard(Keyboard):
    """The keyboard of Windows."""

    def look_at_the_window(self) -> None:
        """Bring the program to the front."""
        self._do("if (-not $shell.AppActivate('Inkstand')) { exit 1 }")

    def new_document(self) -> None:
        """Begin a document."""
        self._do("$shell.SendKeys('^n')")

    def type(self, text: str) -> None:
        """Type text."""
        self._do(f"$shell.SendKeys('{text}')")

    def quit(self) -> None:
        """Quit."""
        self._do("$shell.SendKeys('^q')")

    def _do(self, what: str) -> None:
        script = f"$shell = New-Object -ComObject WScript.Shell; {what}"
        subprocess.run(["powershell", "-NoProfile", "-Command", script], check=True)


KEYBOARDS = {"linux": XKeyboard(), "darwin": MacKeyboard(), "win32": WindowsKeyboard()}


# What is tried


def type_words(program: Program, profile: Path, words: str) -> None:
    """Type words into a new document."""
    with program.window(profile):
        keyboard = KEYBOARDS[sys.platform]
        keyboard.new_document()
        keyboard.type(words)


def check_verbs(
    program: Program, folder: Path, profile: Path, version: str | None, expected: str
) -> None:
    """The verbs that need no window: they make documents, find and write them."""
    said = program.run("--version")
    if not re.fullmatch(rf"inkstand {re.escape(version) if version else '.+'}", said):
        raise Amiss(f"it says that it is {said}")
    if expected and not any(expected in text for text in program.documents(profile)):
        raise Amiss(f"the profile has lost {expected!r}")
    text = folder / "Loomings.md"
    text.write_text("# Call me Ishmael\n\nSome *years* ago\n", encoding="utf-8")
    made = program.run("--data-dir", profile, "import", text)
    # Finding takes the process that indexes.
    for words in filter(None, ("ishmael year", expected)):
        if not program.run("--data-dir", profile, "search", words):
            raise Amiss(f"search does not find {words!r}")
    for suffix, sign in ((".md", b"# Call"), (".html", b"<h1"), (".inkstand", b"PK")):
        path = folder / f"out{suffix}"
        program.run("--data-dir", profile, "export", made, "--output", path)
        if sign not in path.read_bytes():
            raise Amiss(f"export wrote no {suffix}")
    program.run("--data-dir", profile, "check")
    say(f"{said}: the verbs work")


def check_window(program: Program, folder: Path, profile: Path) -> None:
    """What is typed is on disk, and there at the next start; a file that is opened too."""
    type_words(program, profile, TYPED)
    with program.window(profile):
        pass
    # The first letter is made a capital one where that is set.
    if not any(TYPED[1:] in text for text in program.documents(profile)):
        raise Amiss("what was typed is gone")
    opened = folder / "opened.inkstand"
    (folder / "out.inkstand").rename(opened)
    before = len(program.documents(profile))
    with program.window(profile, opened):
        pass
    if len(program.documents(profile)) != before + 1:
        raise Amiss("a file that the desktop hands over is not opened")
    say("the window types, saves, quits and opens files")


def check_relay(program: Program, command: list[str], folder: Path, keyring: bool) -> None:
    """Two devices of one person get the same text through a relay."""
    folder.mkdir()
    folder.chmod(0o777)
    data = folder / "data"
    add = ("user", "add", "ada", "--password-stdin", "--data-dir", data)
    Program(command[:-1], command[-1]).run(*add, given=PASSWORD + "\n")
    serve = [*command, "serve", "--data-dir", str(data), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.fullmatch(r"listening on (ws://\S+)\n", line)
            if found is None:
                raise Amiss(f"the relay does not listen: {line!r}")
            first, second = folder / "first", folder / "second"
            text = folder / "shared.md"
            text.write_text("over the relay and back\n", encoding="utf-8")
            for profile in (first, second):
                sign_in(program, profile, found[1], keyring)
                if profile == first:
                    program.run("--data-dir", profile, "import", text)
                sync(program, profile, keyring)
            if "over the relay and back" not in program.documents(second):
                raise Amiss("the second device does not have what the first one wrote")
        finally:
            process.terminate()
    say(f"two devices are in step through {' '.join(command).rpartition('/')[2]}")


def sign_in(program: Program, profile: Path, url: str, keyring: bool) -> None:
    """Sign a profile in; into the system's keyring if there is one."""
    command = [*program.verbs, "--data-dir", str(profile), "sign-in", url, "--user", "ada"]
    done = subprocess.run(
        [*command, "--password-stdin"],
        input=PASSWORD + "\n",
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode != 0 or (keyring and done.stderr):
        raise Amiss(f"sign-in ended with {done.returncode}: {done.stderr.strip()}")


def sync(program: Program, profile: Path, keyring: bool) -> None:
    """Bring a profile in step."""
    if keyring:
        program.run("--data-dir", profile, "sync")
    else:
        options = ("--user", "ada", "--password-stdin")
        program.run("--data-dir", profile, "sync", *options, given=PASSWORD + "\n")


if __name__ == "__main__":
    sys.exit(main())
