"""A keyboard as the platform delivers it: events with the stamps of the one who types."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_NONE = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_NAMED = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, " ": Qt.Key.Key_Space, "\x04": Qt.Key.Key_D}
_GROUP = "\x1d"


class Keyboard:
    """Types into a window through the window system's door, so that every filter sees what it would see."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.now_ms = 1000

    def stroke(self, key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """One key pressed and let go at once."""
        self.press(key, text, modifiers)
        self._send(QEvent.Type.KeyRelease, key, text, modifiers)

    def press(
        self,
        key: Qt.Key,
        text: str = "",
        modifiers: Qt.KeyboardModifier = _NONE,
        *,
        repeat: bool = False,
    ) -> None:
        """One key pressed and held."""
        self._send(QEvent.Type.KeyPress, key, text, modifiers, repeat=repeat)

    def release(self, key: Qt.Key) -> None:
        """One key let go."""
        self._send(QEvent.Type.KeyRelease, key, "", _NONE)

    def type(self, text: str, gap_ms: int) -> None:
        """Signs one after the other, `gap_ms` apart by their stamps; capitals with Shift."""
        for sign in text:
            self.now_ms += gap_ms
            if sign == _GROUP:
                self.stroke(Qt.Key.Key_BracketRight, sign, _CTRL)
            elif sign.isalpha() and sign.isupper():
                self.press(Qt.Key.Key_Shift, "", _SHIFT)
                self.stroke(Qt.Key(ord(sign)), sign, _SHIFT)
                self.release(Qt.Key.Key_Shift)
            else:
                self.stroke(_NAMED.get(sign) or Qt.Key(ord(sign.upper())), sign)

    def scan(self, code: str, end: str = "\r") -> None:
        """A wedge scanner: signs 4 ms apart and its suffix."""
        self.now_ms += 80
        self.type(code + end, 4)

    def _send(
        self,
        kind: QEvent.Type,
        key: Qt.Key,
        text: str,
        modifiers: Qt.KeyboardModifier,
        *,
        repeat: bool = False,
    ) -> None:
        event = QKeyEvent(kind, key, modifiers, text, repeat)
        event.setTimestamp(self.now_ms)
        QCoreApplication.sendEvent(self._window.windowHandle(), event)
