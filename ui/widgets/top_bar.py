"""The top bar: station, person, screens, and the three facts; shorter words where the text is large."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Link, StationStatus
from ui.captions import Captions
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets import shapes
from ui.widgets.pill import Pill, PillLook
from ui.widgets.tabs import FoldedTabs, ScreenTab, Tab

_STATION = Face(Style.BENCH, 700)
_PERSON = Face(Style.BENCH)
_MARGIN = 16
_GAP = 8
LINK_ICONS = {Link.ONLINE: "cloud", Link.OFFLINE: "cloudoff", Link.NOT_JOINED: "cloud"}


class TopBar(QWidget):
    """Puts its parts in place itself: first in full words, then in short ones, then with the tabs folded."""

    triggered = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tabs: Sequence[ScreenTab],
        current: str,
        captions: Captions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._set, self._captions = theme, Typesetter(theme), captions
        self._status: StationStatus | None = None
        self._current = current
        self._shows_person = True
        self._tabless = False
        self._screens = sum(tab.screen for tab in tabs)
        self.setObjectName("top-bar")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.scale.frame(theme.tokens.frame.top_bar))
        self._tabs = [Tab(theme, tab, current=tab.action == current, parent=self) for tab in tabs]
        self._folded = FoldedTabs(theme, tabs, current, captions.screens, parent=self)
        self._link = Pill(theme, "link", "show_status", self)
        self._waiting = Pill(theme, "waiting", "show_status", self)
        self._devices = Pill(theme, "devices", "show_status", self)
        for button in (*self._tabs, self._folded, *self.pills):
            button.triggered.connect(self.triggered)

    @property
    def pills(self) -> tuple[Pill, Pill, Pill]:
        """Link, waiting, devices."""
        return self._link, self._waiting, self._devices

    def show_status(self, status: StationStatus) -> None:
        """Show the facts; nothing moves when they have not changed."""
        if status != self._status:
            self._status = status
            self.setAccessibleName(f"{status.station}, {status.person}")
            self._arrange()
            self.update()

    def show_front(self, front: str) -> None:
        """Mark the tab of the screen in front."""
        if front != self._current:
            self._current = front
            for tab in self._tabs:
                tab.show_current(tab.command == front)
            self._folded.show_current(front)
            self._arrange()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Choose words that fit the new width."""
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, station, person, training mark and hairlines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color(Role.SURFACE))
        line = self._theme.color(Role.LINE)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), line)
        if self._status is None:
            return
        text, second = self._theme.color(Role.TEXT), self._theme.color(Role.TEXT2)
        pitch = self._set.line_height(_STATION)
        width = self._station_width() + 1
        rows = 2 if self._shows_person else 1
        top = (self.height() - 1 - rows * (pitch - 2)) / 2
        box = QRectF(_MARGIN, top, width, pitch - 2)
        self._set.draw(painter, self._set.fit(self._status.station, _STATION, width), _STATION, box, text)
        if self._shows_person:
            box = QRectF(_MARGIN, top + pitch - 2, width, pitch - 2)
            self._set.draw(painter, self._set.fit(self._status.person, _PERSON, width), _PERSON, box, second)
        x = _MARGIN + self._station_width() + _MARGIN
        if self._status.training:
            x = self._paint_training(painter, x)
        if self._shows_person:
            painter.fillRect(QRectF(x, 0, 1, self.height()), line)

    def cut_texts(self) -> list[str]:
        """Parts that overlap because nothing shorter is left."""
        shown = [widget for widget in (*self._tabs, self._folded, *self.pills) if not widget.isHidden()]
        boxes = sorted((widget.geometry() for widget in shown), key=QRect.left)
        overlap = any(one.right() >= two.left() for one, two in pairwise(boxes))
        start = _MARGIN + self._station_width() + self._training_width()
        return ["top bar"] if overlap or (boxes and boxes[0].left() < start) else []

    def _paint_training(self, painter: QPainter, x: float) -> float:
        word, pad = self._captions.training, self._theme.scale.text(10)
        wide, high = self._set.width(word, _STATION) + 2 * pad, self._theme.scale.text(32)
        box = QRectF(x, (self.height() - high) / 2, wide, high)
        radius = self._theme.tokens.radius.chip
        painter.fillPath(shapes.rounded(box, radius), self._theme.color(Role.TRAIN))
        ink = self._theme.color(Role.ON_TRAIN)
        inner = box.adjusted(pad, 0, 0, 0)
        self._set.draw(painter, self._set.fit(word, _STATION, wide), _STATION, inner, ink)
        return x + wide + _MARGIN

    def _training_width(self) -> float:
        if self._status is None or not self._status.training:
            return 0.0
        return self._set.width(self._captions.training, _STATION) + 2 * self._theme.scale.text(10) + _MARGIN

    def _station_width(self) -> float:
        if self._status is None:
            return 0.0
        width = self._set.width(self._status.station, _STATION)
        return max(width, self._set.width(self._status.person, _PERSON)) if self._shows_person else width

    def _arrange(self) -> None:
        status = self._status
        if status is None:
            return
        large = self._theme.scale.percent > 150  # noqa: PLR2004 - two lines no longer fit the bar
        full = (status.link_word, status.waiting_word, ", ".join(status.device_word.splitlines()))
        short = (status.short_link, status.short_waiting, status.short_device)
        ways = [(True, full, False), (True, short, False), (False, short, False), (False, short, True)]
        if large:
            ways = [(False, full, False), (False, short, False), (False, short, True)]
        self._tabless = False
        for person, words, folded in ways:
            self._shows_person = person
            left = _MARGIN + self._station_width() + self._training_width() + _MARGIN
            tabs = self._folded.sizeHint().width() if folded else self._tabs_width()
            pills = sum(pill.width_of(word) for pill, word in zip(self.pills, words, strict=True))
            if left + tabs + pills + 4 * _GAP + _MARGIN <= self.width():
                break
        else:
            # A single screen needs no name before the three facts do.
            self._tabless = self._screens == 1
        self._show_facts(status, words, full)
        self._place(math.ceil(left), folded=folded)

    def _tabs_width(self) -> int:
        return sum(tab.sizeHint().width() for tab in self._tabs)

    def _place(self, left: int, *, folded: bool) -> None:
        high = self.height() - 1
        x = left + 4
        for tab in self._tabs:
            tab.setVisible(not folded and not self._tabless)
            tab.setGeometry(x, 0, tab.sizeHint().width(), high)
            x += tab.width()
        self._folded.setVisible(folded and not self._tabless)
        size = self._folded.sizeHint()
        self._folded.setGeometry(left, (high - size.height()) // 2, size.width(), size.height())
        right = self.width() - _MARGIN
        for pill in reversed(self.pills):
            wide = pill.sizeHint().width()
            pill.setGeometry(right - wide, 0, wide, high)
            right -= wide + _GAP

    def _show_facts(
        self, status: StationStatus, words: tuple[str, str, str], full: tuple[str, str, str]
    ) -> None:
        link = {Link.ONLINE: PillLook.GOOD, Link.OFFLINE: PillLook.OFFLINE, Link.NOT_JOINED: PillLook.QUIET}
        self._link.show_fact(LINK_ICONS[status.link], words[0], full[0], link[status.link])
        look = PillLook.WAITING if status.waiting else PillLook.QUIET
        self._waiting.show_fact("outbox", words[1], full[1], look)
        device = PillLook.GOOD if status.devices_ok else PillLook.TROUBLE
        icon = "gun" if status.devices_ok else "bang"
        self._devices.show_fact(icon, words[2], full[2], device)
