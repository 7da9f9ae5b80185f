"""`ScanBridge`: keeps a keyboard-wedge scanner's keys away from widgets, and lets typing through.

An event filter on the application. Every key with text goes to the pure detector, which says whether it is
held, released or part of a scan; what was held and turns out to be typing is delivered afterwards to the
widget that has the keyboard, presses and releases in their order. A scan reaches nobody but `scanned`.
"""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.scanning.wedge import BurstLimits, Drop, Outcome, Release, Scan, WedgeDetector

_MODIFIERS = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
}
_PRESSES = {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}


def _clock() -> float:
    return perf_counter() * 1000


@dataclass(slots=True)
class _Held:
    """A key press not yet delivered, and its release if that came meanwhile."""

    press: QKeyEvent
    releases: list[QKeyEvent] = field(default_factory=list)


class ScanBridge(QObject):
    """Tells scans from typing for a whole application; one for each process.

    `fallback` takes keys when no widget has the keyboard. `clock` (milliseconds) stamps events that bring no
    stamp of their own, as synthetic ones do.
    """

    scanned = Signal(str)

    def __init__(
        self,
        fallback: QWidget,
        limits: BurstLimits | None = None,
        clock: Callable[[], float] = _clock,
    ) -> None:
        super().__init__(fallback)
        self._fallback, self._clock = fallback, clock
        self._detector = WedgeDetector(limits or BurstLimits())
        self._queue: list[_Held] = []
        self._swallowed: set[int] = set()
        self._replaying = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._quiet_passed)
        # Keys that wait in the event queue come before this timer, so they can still belong to the burst.
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.timeout.connect(lambda: self._act(self._detector.quiet()))

    def attach(self) -> None:
        """Begin to filter the application's events."""
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def detach(self) -> None:
        """Deliver what is held and stop filtering."""
        self._act(self._detector.release_all())
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def set_limits(self, limits: BurstLimits) -> None:
        """Another scanner, or another set-up of it."""
        self._act(self._detector.release_all())
        self._detector = WedgeDetector(limits)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Eat keys that may be a scanner's; everything else passes."""
        if self._replaying:
            return False
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._released(event)
        if kind in _PRESSES and self._detector.holding:
            self._act(self._detector.release_all())
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        text = event.text()
        if len(text) == 1 and not event.isAutoRepeat():
            self._queue.append(_Held(event.clone()))
            self._quiet.stop()
            self._grace.stop()
            self._act(self._detector.key(text, float(event.timestamp()) or self._clock()))
            return True
        # A key without text ends a burst, unless it is one of those a scanner presses for capitals.
        if (text or event.key() not in _MODIFIERS) and self._detector.holding:
            self._act(self._detector.release_all())
        return False

    def _released(self, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return False
        for held in reversed(self._queue):
            if held.press.key() == event.key():
                held.releases.append(event.clone())
                return True
        if event.key() in self._swallowed:
            self._swallowed.discard(event.key())
            return True
        return False

    def _act(self, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            match outcome:
                case Release(keys):
                    self._deliver(self._take(keys))
                case Scan(raw, keys):
                    self._discard(self._take(keys))
                    self.scanned.emit(raw)
                case Drop(keys):
                    self._discard(self._take(keys))
                case _:
                    self._quiet.start(round(self._detector.limits.quiet_ms))

    def _take(self, keys: int) -> list[_Held]:
        taken, self._queue = self._queue[:keys], self._queue[keys:]
        return taken

    def _discard(self, taken: list[_Held]) -> None:
        self._swallowed |= {held.press.key() for held in taken if not held.releases}

    def _deliver(self, taken: list[_Held]) -> None:
        self._replaying = True
        try:
            for held in taken:
                for event in (held.press, *held.releases):
                    QCoreApplication.sendEvent(self._target(), event)
        finally:
            self._replaying = False

    def _target(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return QApplication.focusWidget() or self._fallback

    def _quiet_passed(self) -> None:
        self._grace.start(0)
