"""Every sentence can be said in another language, and German says all of them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFontComboBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.editor import punctuation
from app.languages import language_name
from app.settings import Settings
from app.sharing.addresses import private_places
from app.translation import LANGUAGES, of_system, speak
from sync.client.events import Offline
from sync.errors import CannotSave
from sync.phrases import phrase_many, translate_with
from sync.status import DocumentFacts, document_status
from tests.app import windows
from tests.end_to_end.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
KEYS = {"Ctrl": "Strg", "Shift": "Umschalt", "Enter": "Eingabe", "click": "Klick"}


def application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application


@pytest.fixture(autouse=True)
def _english_again(qapp: QApplication) -> Iterator[None]:
    yield
    speak(qapp, "en")


def messages(file: Path) -> list[tuple[str, ET.Element]]:
    return [
        (context.findtext("name") or "", message)
        for context in ET.parse(file).iter("context")
        for message in context.iter("message")
    ]


def german() -> list[tuple[str, str]]:
    """(English, German) of every form of every message."""
    pairs = []
    for _, message in messages(FOLDER / "inkstand_de.ts"):
        translation = message.find("translation")
        assert translation is not None
        source = message.findtext("source") or ""
        forms = [form.text or "" for form in translation.iter("numerusform")]
        if forms:  # what the plural says, if it is another text
            source = message.findtext("comment") or source
        pairs += [(source, form) for form in forms or [translation.text or ""]]
    return pairs


# The files


def test_translations_are_what_make_makes_of_the_sources(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.ts"):
        shutil.copy(file, tmp_path)
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    subprocess.run(
        ["make", "translations", f"TRANSLATIONS={tmp_path}"],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=100,
    )
    for name in ("inkstand_de", "inkstand_en"):
        made = (tmp_path / f"{name}.ts").read_text(encoding="utf-8")
        kept = (FOLDER / f"{name}.ts").read_text(encoding="utf-8")
        assert made == kept, "run `make translations`, translate what is new, and commit"
        fresh, committed = QTranslator(), QTranslator()
        assert fresh.load(f"{name}.qm", str(tmp_path))
        assert committed.load(f"{name}.qm", str(FOLDER))
        for context, message in messages(FOLDER / f"{name}.ts"):
            for count in (-1,) if message.get("numerus") is None else (0, 1, 2, 7):
                asked = (
                    *(context, message.findtext("source") or ""),
                    *(message.findtext("comment") or "", count),
                )
                assert committed.translate(*asked) == fresh.translate(*asked) != "", asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    for context, message in messages(FOLDER / f"inkstand_{language}.ts"):
        translation = message.find("translation")
        assert translation is not None
        assert translation.get("type") is None, (context, message.findtext("source"))
        forms = list(translation.iter("numerusform")) or [translation]
        assert all((form.text or "").strip() for form in forms), message.findtext("source")


def test_a_translation_has_all_that_its_source_has() -> None:
    for english, translated in german():
        assert _must_have(english) == _must_have(translated), translated


def _must_have(text: str) -> tuple[object, ...]:
    """Return what is the same in every language."""
    return (
        sorted(re.findall(r"%L?[1-9n]|\{\w+\}", text)),
        _letters(text),
        text.endswith("…"),
        text.count("\n"),
        text.count(";;"),
        re.findall(r"\*\.\w+", text),
        [re.sub(r"[^\W\d]+", lambda m: KEYS.get(m[0], m[0]), one) for one in _shortcuts(text)],
        (text[:1].isspace(), text[-1:].isspace()),
    )


def _shortcuts(text: str) -> list[str]:
    return re.findall(r"\b(?:Ctrl|Strg|Shift|Umschalt|Alt)\+[\w+]+|\((?:Enter|Eingabe|Esc)\)", text)


def _letters(text: str) -> int:
    """How many letters are marked to be reached by."""
    return len(re.findall(r"&\w", text.replace("&&", "")))


def test_german_as_a_careful_writer_writes_it() -> None:
    address = r"(?<!-)\b(du|dich|dir|deine?[rmns]?|Sie|Ihnen|Ihre?[rmns]?)\b"
    for _, translated in german():
        assert not re.search(r"[\"“'’]\w|\.\.\.| - |\b  ", translated), translated
        assert translated.count("„") == translated.count("“"), translated
        assert not re.search(address, translated), "people are not addressed"


def test_what_is_said_is_written_where_it_is_said() -> None:
    """Of a text put together from pieces, lupdate would see nothing."""
    for file in (*(ROOT / "app").rglob("*.py"), *(ROOT / "sync").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            name = getattr(function, "attr", None) or getattr(function, "id", "")
            said: list[ast.expr] = []
            if name in ("tr", "phrase", "phrase_many"):
                said = node.args[:2] if name == "phrase_many" else node.args[:1]
            elif name == "translate" and isinstance(function, ast.Name):
                said = node.args[:2]
            for text in said:
                where = f"{file.relative_to(ROOT)}:{node.lineno}"
                assert isinstance(text, ast.Constant), where
                assert isinstance(text.value, str), where


_FOR_PEOPLE = {
    *("CannotSave", "CannotOpenProfile", "DatabaseDamaged", "AttachmentRefused", "Status"),
    *("ImportFailed", "ExportFailed", "RelayUnreachable", "ConnectionLost", "RelayBusy"),
    *("RelayRefused", "SignInRefused", "Problem", "SessionOnly", "SignedOut", "Offline"),
}
"""What holds a sentence, or a part of one, that a person reads."""


def test_no_reason_is_given_in_english_only() -> None:
    bare = []
    for file in (*(ROOT / "app").rglob("*.py"), *(ROOT / "sync").rglob("*.py")):
        if "relay" in file.parts or file.name == "cli.py":  # these two speak English
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _FOR_PEOPLE:
                texts = (*node.args, *(keyword.value for keyword in node.keywords))
                bare += [
                    f"{file.relative_to(ROOT)}:{node.lineno}"
                    for text in texts
                    if isinstance(text, ast.JoinedStr)
                    or (isinstance(text, ast.Constant) and isinstance(text.value, str))
                ]
    assert bare == []


# The windows


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_entries_of_a_menu_have_the_same_letter(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    desk = Desk(qtbot, tmp_path, language)
    bar = desk.window.menuBar()
    groups = [(menu.title(), menu.actions()) for menu in windows.menus(desk)]
    windows.show_everything(desk)
    buttons = desk.window.find_bar.findChildren(QAbstractButton)
    groups.append(("the window", [*bar.actions(), *buttons]))  # type: ignore[list-item]
    for title, actions in groups:
        found = [_letter(action.text()) for action in actions]
        letters = [letter for letter in found if letter]
        assert len(letters) == len(set(letters)), (title, letters)
    for dialog in windows.dialogs(desk):
        texts = [w.text() for w in dialog.findChildren(QLabel) if w.buddy() is not None]
        texts += [w.text() for w in dialog.findChildren(QAbstractButton) if w.isVisible()]
        letters = [letter for letter in map(_letter, texts) if letter]
        assert len(letters) == len(set(letters)), (dialog, letters)
    desk.close()


def _letter(text: str) -> str:
    found = re.search(r"&(\w)", text.replace("&&", ""))
    return found[1].casefold() if found else ""


class _Marks(QTranslator):
    """Marks what went through translation."""

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        if source == "QT_LAYOUT_DIRECTION":
            return "LTR"
        return "" if context == "QShortcut" else f"⟦{source}⟧"


RAW = {
    *("Inkstand", *LANGUAGES.values(), *(f"&{name}" for name in LANGUAGES.values())),
    *(language_name(tag) for tag in punctuation.LANGUAGES),
    *("Aa", "ab|", "wss://relay.example.org", "https://example.org", "inkstand://join?…"),
    *(f"{place.address} ({place.interface})" for place in private_places()),
}
"""Names and signs that are the same in every language."""


def test_every_text_that_is_seen_can_be_translated(qtbot: QtBot, tmp_path: Path) -> None:
    marks = _Marks()
    # `Desk` chooses a language, so Qt gets the marks behind it and is asked first.
    desk_folder = tmp_path / "profile"
    desk = _marked_desk(qtbot, desk_folder, marks)
    try:
        windows.show_everything(desk)
        seen = list(_texts(desk.window))
        for menu in windows.menus(desk):
            seen += [("menu", menu.title()), *_action_texts(menu.actions())]
        for dialog in windows.dialogs(desk):
            seen += list(_texts(dialog))
        raw = [(where, text) for where, text in seen if _is_raw(text)]
        assert raw == []
        assert len(seen) > 200
    finally:
        desk.close()
        application().removeTranslator(marks)


def _marked_desk(bot: QtBot, folder: Path, marks: QTranslator) -> Desk:
    class MarkedDesk(Desk):
        def speak(self, language: str) -> None:
            super().speak(language)
            application().installTranslator(marks)
            translate_with(lambda one, many, count: f"⟦{many or one}⟧")

    return MarkedDesk(bot, folder)


def _is_raw(text: str) -> bool:
    text = text.strip("\u200e")
    return bool(re.search(r"[^\W\d_]", text)) and "⟦" not in text and text not in RAW


def _texts(window: QWidget) -> Iterator[tuple[str, str]]:
    yield from _action_texts(window.actions())
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisibleTo(window):
            continue
        where = f"{type(widget).__name__} {widget.objectName()}"
        texts = [widget.toolTip(), widget.accessibleName(), widget.windowTitle()]
        is_said = widget.objectName() not in ("path", "size")  # of a folder, in Qt's own units
        if isinstance(widget, QLabel | QAbstractButton) and is_said:
            texts.append(widget.text())
        if isinstance(widget, QLineEdit):
            texts.append(widget.placeholderText())
        if isinstance(widget, QComboBox) and not isinstance(widget, QFontComboBox):
            texts += [widget.itemText(index) for index in range(widget.count())]
        if isinstance(widget, QSpinBox):
            texts += [widget.suffix(), widget.specialValueText()]
        yield from ((where, text) for text in texts)


def _action_texts(actions: list[QAction]) -> Iterator[tuple[str, str]]:
    for action in actions:
        yield from (("action", text) for text in (action.text(), action.statusTip()))


def test_the_window_in_german(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path, "de")
    desk.focus()
    assert [action.text().replace("&", "") for action in desk.window.menuBar().actions()] == [
        *("Datei", "Bearbeiten", "Format", "Einfügen", "Ansicht", "Bibliothek"),
        *("Konto", "Fenster", "Hilfe"),
    ]
    button = desk.window.status_line.findChild(QAbstractButton, "plain")
    desk.type("Ein Wort")
    desk.wait(lambda: button.text() == "2 Wörter")
    QApplication.clipboard().setText("wort " * 1232)
    desk.window.editor.selectAll()
    desk.window.editor.paste()
    desk.wait(lambda: button.text() == "1.232 Wörter")
    desk.wait_status("Auf diesem Gerät gespeichert")
    boxes = (dialog.findChild(QDialogButtonBox) for dialog in windows.dialogs(desk))
    texts = {button.text().replace("&", "") for box in boxes if box for button in box.buttons()}
    assert {"Abbrechen", "OK", "Voreinstellungen", "Schließen"} <= texts  # Qt's own words
    tip = desk.window.toolbar.actions()[2].toolTip()
    assert tip == "Fett (Strg+B)"
    desk.close()


def test_sync_speaks_german_with_plurals(qapp: QApplication) -> None:
    speak(qapp, "de")
    assert phrase_many("1 change", "{count} changes", 1) == "1 Änderung"
    assert phrase_many("1 change", "{count} changes", 4321) == "4.321 Änderungen"
    waiting = DocumentFacts(waiting=1, on_relay=True)
    text = document_status(waiting, Offline()).text
    assert text == "Auf diesem Gerät gespeichert (1 Änderung wartet)"
    assert str(CannotSave("…")).startswith("Auf diesem Gerät lässt sich nicht speichern")
    speak(qapp, "en")
    assert phrase_many("1 change", "{count} changes", 4321) == "4,321 changes"
    assert str(CannotSave("…")).startswith("Cannot save on this device")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (["de-AT", "en"], "de"),
        (["de_DE"], "de"),
        (["fr-FR", "de", "en"], "de"),
        (["fr-FR"], "en"),
        (["C"], "en"),
        ([], "en"),
        (["den"], "en"),
    ],
)
def test_the_language_of_the_system(wanted: list[str], language: str) -> None:
    assert of_system(wanted) == language


def test_another_language_is_chosen_in_the_menu_and_spoken_after_a_restart(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path)
    languages = desk.window.actions_.view.languages
    assert languages["system"].isChecked()
    languages["en"].trigger()
    assert not desk.window.banner.isVisible()  # it speaks English already
    languages["de"].trigger()
    assert desk.window.banner.text == "Inkstand will speak Deutsch when you start it the next time."
    desk.close()
    again = Desk(qtbot, tmp_path, Settings(tmp_path).language)
    assert again.window.menuBar().actions()[0].text() == "&Datei"
    assert again.window.actions_.view.languages["de"].isChecked()
    assert QLocale().language() is QLocale.Language.German
    again.close()
