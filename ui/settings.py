"""`UiSettings`: what the window is told at the start; `WindowMemory`: what it remembers, in one own file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from ui.theme.scale import LARGEST, SMALLEST
from ui.theme.theme import ThemeChoice


@dataclass(frozen=True, slots=True)
class UiSettings:
    """`state_file` keeps the window's place and Text %, in the station's data folder; None keeps nothing.

    `text_percent` holds for a monitor that has no remembered one.
    """

    theme: ThemeChoice = ThemeChoice.SYSTEM
    text_percent: int = 100
    state_file: Path | None = None
    full_screen: bool = False


class WindowMemory:
    """Window geometry, and the Text % of each monitor by its name."""

    def __init__(self, path: Path | None) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat) if path is not None else None

    def geometry(self) -> QByteArray | None:
        """Where the window was."""
        value = self._store.value("window/geometry") if self._store is not None else None
        return value if isinstance(value, QByteArray) else None

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Remember where the window is."""
        if self._store is not None:
            self._store.setValue("window/geometry", geometry)
            self._store.sync()

    def text_percent(self, monitor: str, otherwise: int) -> int:
        """The Text % last used on a monitor; `otherwise` when there is none, or none that is possible."""
        value = self._store.value(_key(monitor)) if self._store is not None else None
        try:
            percent = int(str(value))
        except ValueError:
            return otherwise
        return percent if SMALLEST <= percent <= LARGEST else otherwise

    def keep_text_percent(self, monitor: str, percent: int) -> None:
        """Remember the Text % of a monitor."""
        if self._store is not None:
            self._store.setValue(_key(monitor), percent)
            self._store.sync()


def _key(monitor: str) -> str:
    # A slash would make a group of the name.
    return f"text/{monitor.replace('/', '_') or 'monitor'}"
