"""What is heard: a sounder is handed in; the one shipped here needs no audio device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.workflows.view import Tone
from ui.theme.tokens import ToneToken, load


class Sounder(Protocol):
    """Makes a tone heard, without waiting for its end."""

    def play(self, tone: Tone) -> None:
        """Play one tone; `Tone.NONE` is silence."""


class SilentSounder:
    """The visual-only mode; remembers the tones asked for, so that a test or a trace can see them."""

    KEPT = 1000

    def __init__(self) -> None:
        self.played: list[Tone] = []

    def play(self, tone: Tone) -> None:
        """Remember the tone."""
        if tone is not Tone.NONE:
            self.played.append(tone)
            del self.played[: -self.KEPT]


class BellSounder(QObject):
    """The platform's bell, as often as the tone has sounds; pitch and length are the platform's.

    `bell` rings once; it is Qt's own unless another is given.
    """

    def __init__(
        self,
        tones: Mapping[str, ToneToken] | None = None,
        bell: Callable[[], None] = QApplication.beep,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tones, self._bell = tones if tones is not None else load().tone, bell

    def play(self, tone: Tone) -> None:
        """Ring once for each sound of the tone, as far apart as they are long."""
        if tone is Tone.NONE:
            return
        token = self._tones[tone.value]
        self._bell()
        for number in range(1, token.count):
            QTimer.singleShot(number * 2 * token.ms, self, self._bell)
