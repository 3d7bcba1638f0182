"""What the window remembers, typed. Nothing secret, nothing that matters if it is lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

MIN_ZOOM, MAX_ZOOM = 60, 300
"""Percent."""


class Settings:
    """One profile's settings, in `settings.ini` beside its database."""

    def __init__(self, data_dir: Path) -> None:
        self._settings = QSettings(str(data_dir / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """ "system", "light" or "dark"; default "system"."""
        value = self._settings.value("appearance/theme", "system")
        return value if value in ("light", "dark") else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("appearance/theme", name)

    @property
    def zoom(self) -> int:
        """Size of the text in percent; default 100."""
        value = self._settings.value("appearance/zoom", 100)
        try:
            return min(MAX_ZOOM, max(MIN_ZOOM, int(str(value))))
        except ValueError:
            return 100

    @zoom.setter
    def zoom(self, percent: int) -> None:
        self._settings.setValue("appearance/zoom", percent)

    @property
    def last_document(self) -> str:
        """Id of the document that was open last; default none."""
        return str(self._settings.value("window/document", ""))

    @last_document.setter
    def last_document(self, document_id: str) -> None:
        self._settings.setValue("window/document", document_id)

    @property
    def geometry(self) -> QByteArray:
        """Where the window was, as Qt says it; empty at the first start."""
        value = self._settings.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("window/geometry", geometry)

    def save(self) -> None:
        """Write to disk now."""
        self._settings.sync()
