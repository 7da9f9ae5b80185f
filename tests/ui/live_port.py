"""A port that a test drives: it remembers what was submitted and pushes screens, from any thread."""

from __future__ import annotations

from app.workflows.view import Screen
from ui.shell.port import OnUpdate, ScreenUpdate


class LivePort:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._callbacks: list[OnUpdate] = []
        self.submitted: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.pins: list[str] = []

    def submit(self, raw: str, source: str) -> None:
        self.submitted.append((raw, str(source)))

    def command(self, word: str) -> None:
        self.words.append(str(word))

    def enter_pin(self, pin: str) -> None:
        self.pins.append(pin)

    def screen(self) -> Screen:
        return self._screen

    def subscribe(self, callback: OnUpdate) -> None:
        self._callbacks.append(callback)

    def push(self, screen: Screen, scan_id: int | None = None) -> None:
        self._screen = screen
        for callback in self._callbacks:
            callback(ScreenUpdate(screen, scan_id))

    @property
    def quiet(self) -> bool:
        return not self.submitted and not self.words
