"""Starts the window, or says in one sentence why it cannot."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import ProfileInUse, StoreError
from sync.store.store import Store

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.settings import Settings

_NO_DISPLAY = (
    "inkstand: there is no display to open a window on. On a machine without a screen, try: "
    "xvfb-run inkstand (or use the verbs that need none; see inkstand --help)."
)


def run(data_dir: Path, arguments: list[str], link: str = "") -> int:
    """Open the windows on a profile; return the exit code.

    `arguments` are what is left of the command line, handed to Qt. `link` is an invite to join
    by, or the address of a file to make a document of: in the window that has the profile already
    if there is one.
    """
    if not _has_display():
        print(_NO_DISPLAY, file=sys.stderr)  # noqa: T201
        return 1
    _never_dump_core()
    from app.imports import read_no_sources

    read_no_sources()
    from app.open_events import Application
    from app.settings import Settings
    from app.theme import system_theme
    from app.translation import speak

    application = Application(["inkstand", *arguments])
    application.setApplicationName("Inkstand")
    # Flatpak names the desktop's file by the id of the app, and the window must say the same.
    application.setDesktopFileName(os.environ.get("FLATPAK_ID", "inkstand"))
    application.setStyle("Fusion")
    application.setPalette(system_theme(application).palette())
    settings = Settings(data_dir)
    speak(application, settings.language)
    return run_program(application, data_dir, settings, link)


def run_program(
    application: QApplication, data_dir: Path, settings: Settings, link: str = ""
) -> int:
    """Run until the last window closes, anew for each backup that somebody goes back to."""
    from app.errors import said
    from app.start import open_profile
    from sync.store.restore import restore

    while True:
        try:
            store = open_profile(data_dir)
        except ProfileInUse as error:
            from app.handover import hand_over

            return 0 if hand_over(data_dir, link) else _refuse(said(error))
        except StoreError as error:
            return _refuse(said(error))
        if store is None:
            return 1
        code, wanted_backup = _run_windows(application, store, settings, link)
        link = ""
        if wanted_backup is None:
            return code
        try:
            restore(wanted_backup, data_dir)
        except StoreError as error:
            _refuse(said(error))  # everything is as it was


def _run_windows(
    application: QApplication, store: Store, settings: Settings, link: str
) -> tuple[int, Path | None]:
    """Run until the last window closes; return the exit code, and the backup to go back to."""
    from app.garbage import GarbageCollector
    from app.network import Network
    from app.open_events import Application
    from app.problems.handler import ProblemHandler
    from app.problems.reports import Reports
    from app.problems.telling import ProblemTeller
    from app.program import Program
    from app.resources import app_icon
    from sync.client.credentials import Credentials

    application.setWindowIcon(app_icon())
    garbage = GarbageCollector(application)
    prefer_the_window()
    problems = ProblemHandler(Reports(store.data_dir))
    try:
        network = Network(store, Credentials(store.profile_id))
        program = Program(store, network, settings)
        program.begin(welcome=True)
        ProblemTeller(problems, program.say, program)
        network.start()
        program.relay_here.start_again()
        from app.handover import Handover  # Qt's network module: the window comes first

        handover = Handover(store.data_dir, application)
        handover.arrived.connect(program.take_over)
        if link:
            program.take_over(link)
        if isinstance(application, Application):
            application.asked.connect(program.take_over)
            application.begin()
        code = application.exec()
        if isinstance(application, Application):
            application.asked.disconnect(program.take_over)
            application.pause()
        handover.close()
        network.stop()
        program.relay_here.close()
    finally:
        store.close()
        garbage.close()
        problems.close()
    return code, program.wanted_backup


def prefer_the_window() -> None:
    """Let no other thread keep the window waiting for longer than a tenth of a millisecond.

    Qt lets go of Python's lock at each signal and each paint. Whoever takes it then keeps it
    for 5 ms unless told otherwise; the thread that saves takes it at each keystroke, and a
    first sync all the time, while a view asks for a thousand rows.
    """
    sys.setswitchinterval(0.0001)


def _refuse(sentence: str) -> int:
    from PySide6.QtWidgets import QMessageBox

    print(f"inkstand: {sentence}", file=sys.stderr)  # noqa: T201
    box = QMessageBox(QMessageBox.Icon.Warning, "Inkstand", sentence)
    box.exec()
    return 1


def _has_display() -> bool:
    """Whether Qt will find a screen: without one it would abort, and dump core."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal", "vnc"):
        return True
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    return _x_server_answers(os.environ.get("DISPLAY", ""))


def _x_server_answers(display: str) -> bool:
    """Whether an X server listens at `display` ("[host]:number[.screen]")."""
    host, separator, number = display.rpartition(":")
    number = number.split(".")[0]
    if not separator or not number.isdigit():
        return False
    addresses: list[tuple[int, str | tuple[str, int]]] = [
        (socket.AF_UNIX, f"\0/tmp/.X11-unix/X{number}"),
        (socket.AF_UNIX, f"/tmp/.X11-unix/X{number}"),  # noqa: S108
    ]
    if host and host != "unix":
        addresses = [(socket.AF_INET, (host, 6000 + int(number)))]
    for family, address in addresses:
        with socket.socket(family) as connection:
            connection.settimeout(3)
            try:
                connection.connect(address)
            except OSError:
                continue
            return True
    return False


def _never_dump_core() -> None:
    """Qt aborts when a library that its window system needs is missing; spare the disk."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
