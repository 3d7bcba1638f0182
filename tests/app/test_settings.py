"""What is stored, typed; and what takes the place of a value that is none."""

from __future__ import annotations

from pathlib import Path

from app.settings import MAX_OPEN_FOLDERS, MAX_TEXT, Settings

NONSENSE = {
    "appearance/theme": "neon",
    "appearance/zoom": "twice",
    "page/line-height": "99999",
    "page/width": "-3",
    "page/family": "x" * (MAX_TEXT + 1),
    "page/typewriter": "perhaps",
    "spelling/check": "",
    "goal/words": "1e9",
    "window/language": "tlh",
    "typing/markdown": "2",
    "shortcuts/format.marks.bold": "y" * (MAX_TEXT + 1),
}


def test_a_broken_value_falls_back_and_is_not_fatal(tmp_path: Path) -> None:
    fresh = Settings(tmp_path / "fresh")
    lines = ["[General]"]
    for key, value in NONSENSE.items():
        group, name = key.split("/")
        lines += [f"[{group}]", f"{name}={value}"]
    (tmp_path / "settings.ini").write_text("\n".join(lines) + "\n\x00\xff[[[\n=\n", errors="ignore")
    settings = Settings(tmp_path)
    for name in ("theme", "zoom", "family", "typewriter", "check_spelling", "goal", "language"):
        assert getattr(settings, name) == getattr(fresh, name), name
    assert settings.markdown_typing is True
    assert (settings.line_height, settings.page_width) == (250, 24)
    assert settings.shortcuts == {}


def test_many_open_folders_are_remembered(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    value = ",".join(f":{number:032x}" for number in range(MAX_OPEN_FOLDERS))
    settings.library_open = value
    settings.save()
    assert Settings(tmp_path).library_open == value


def test_what_is_chosen_is_kept_and_told(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    told: list[str] = []
    settings.changed.connect(told.append)
    settings.theme = "sepia"
    settings.theme = "sepia"
    settings.zoom = 120
    settings.smart_punctuation = False
    settings.updates_serial = 2**52
    settings.shortcuts = {"format.marks.bold": "Ctrl+Alt+B; F12", "edit.undo": ""}
    assert told == ["theme", "zoom", "smart_punctuation", "updates_serial", "shortcuts"]
    settings.save()
    again = Settings(tmp_path)
    assert (again.theme, again.zoom, again.smart_punctuation) == ("sepia", 120, False)
    assert again.updates_serial == 2**52
    assert again.shortcuts == {"format.marks.bold": "Ctrl+Alt+B; F12", "edit.undo": ""}
    again.shortcuts = {}
    again.save()
    assert Settings(tmp_path).shortcuts == {}
