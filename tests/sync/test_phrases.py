"""Sentences in another language, and in English where nobody translates."""

from __future__ import annotations

import errno
import inspect
from collections.abc import Iterator

import pytest

from sync.client.events import Connecting, Online
from sync.errors import (
    AdministrationError,
    CannotSave,
    ImportFailed,
    InkstandError,
    ProfileInUse,
    ProtocolError,
    SignInRefused,
)
from sync.phrases import explain_os_error, phrase, phrase_many, translate_with
from sync.status import DocumentFacts, document_status


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    translate_with(None)


def test_without_a_translator_it_is_english() -> None:
    assert phrase("Connecting in {seconds} s", seconds=1200) == "Connecting in 1,200 s"
    assert phrase_many("1 change", "{count} changes", 1) == "1 change"
    assert phrase_many("1 change", "{count} changes", 0) == "0 changes"
    assert phrase_many("1 change", "{count} changes", 12_345) == "12,345 changes"


def test_a_translator_is_asked_by_sentence_plural_and_count() -> None:
    asked = []

    def find(one: str, many: str, count: int) -> str:
        asked.append((one, many, count))
        return "{count} Änderungen" if many else ""

    translate_with(find, lambda number: f"{number:,}".replace(",", "."))
    assert phrase_many("1 change", "{count} changes", 1234) == "1.234 Änderungen"
    assert phrase("nobody has translated {this}", this=1234) == "nobody has translated 1.234"
    assert asked == [
        ("1 change", "{count} changes", 1234),
        ("nobody has translated {this}", "", -1),
    ]


def test_what_a_value_holds_is_shown_and_not_read() -> None:
    assert str(CannotSave("{braces} {0}")).startswith("Cannot save on this device: {braces} {0}.")


def test_status_and_errors_speak_the_language() -> None:
    translate_with(lambda one, many, count: f"[{many or one}]")
    waiting = document_status(DocumentFacts(waiting=3, on_relay=True), Connecting())
    assert waiting.text == "[Saved on this device (3 changes waiting)]"
    assert document_status(DocumentFacts(on_relay=True), Online()).text == "[Saved on the relay]"
    error = ImportFailed("a.txt", explain_os_error(OSError(errno.ENOENT, "whatever")))  # type: ignore[arg-type]
    assert str(error) == "[Cannot import a.txt: [there is no such file or folder].]"
    assert str(ProfileInUse("there")).startswith("[Inkstand is already open on there.")  # type: ignore[arg-type]


def test_what_the_system_says_of_rare_failures_is_passed_on() -> None:
    assert explain_os_error(OSError(errno.EXDEV, "Invalid cross-device link")) == (
        "invalid cross-device link"
    )
    assert explain_os_error(OSError("no number")) == "no number"


def test_every_error_a_person_reads_can_be_translated() -> None:
    translate_with(lambda one, many, count: f"⟦{many or one}⟧")
    spoken = 0
    for kind in _kinds(InkstandError):
        if kind.__module__ != "sync.errors" or "__str__" not in vars(kind):
            continue
        if issubclass(kind, AdministrationError | ProtocolError | SignInRefused):
            continue  # the relay's own words, and what is wrapped in another sentence
        ours = (base for base in kind.__mro__ if issubclass(base, InkstandError))
        has_values = any("__init__" in vars(base) for base in ours)
        names = list(inspect.signature(kind).parameters) if has_values else []
        values = {name: 1 if name in ("found", "known", "retry_after") else name for name in names}
        assert str(kind(**values)).startswith("⟦"), kind
        spoken += 1
    assert spoken >= 12


def _kinds(base: type[InkstandError]) -> Iterator[type[InkstandError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
