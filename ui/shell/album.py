"""Pictures of a window at work: the first of each band state, and one more every so many scans."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer

from ui.shell.window import BenchWindow


class Album:
    """Saves PNG files of a window into a folder; lives in the window's thread."""

    def __init__(self, window: BenchWindow, folder: Path, every: int = 100) -> None:
        self._window = window
        self._folder = folder
        self._every = every
        self._seen: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def painted(self, scan: int) -> None:
        """The answer to a scan was painted; a picture is taken after this paint is over."""
        state = self._window.screen_shown.bench.band.state.value
        if state not in self._seen or scan % self._every == 0:
            name = f"{scan:05d}-{state}" if state in self._seen else state
            self._seen.add(state)
            QTimer.singleShot(0, self._window, lambda: self.save(name))

    def save(self, name: str) -> Path:
        """Saves the window as it is now."""
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        return path
