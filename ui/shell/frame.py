"""`BenchFrame`: top bar, band, work area with drawer, foot, drawn in one theme."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.workflows.view import Screen
from ui.actions import by_id
from ui.captions import Captions
from ui.panes.kit import Kit
from ui.panes.work_area import WorkArea
from ui.pictures import Pictures
from ui.theme.theme import Theme
from ui.widgets.band import Band, OnPainted
from ui.widgets.drawer import Drawer
from ui.widgets.foot import Foot
from ui.widgets.tabs import ScreenTab
from ui.widgets.top_bar import TopBar

_BESIDE = 880


@dataclass(frozen=True, slots=True)
class FrameParts:
    """What a frame is made of besides its theme; the same for every frame of a window."""

    captions: Captions
    tabs: tuple[ScreenTab, ...]
    current: str
    pictures: Pictures
    run: Callable[[str], None]
    enter_pin: Callable[[str], None]
    on_painted: OnPainted | None


class BenchFrame(QWidget):
    """Everything inside the window. `run` gets the command of whatever is touched."""

    code_entered = Signal(str)
    drawer_closed = Signal()

    def __init__(self, theme: Theme, parts: FrameParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._screen: Screen | None = None
        undo = by_id("undo")
        if undo is None:
            raise LookupError("the action table lacks undo")
        self.top_bar = TopBar(theme, parts.tabs, parts.current, parts.captions)
        self.band = Band(theme, parts.on_painted)
        kit = Kit(theme, parts.captions, parts.pictures, parts.run, QSize(0, 0), parts.enter_pin)
        self.work = WorkArea(kit, self._order_tabs)
        self.foot = Foot(theme, parts.captions, undo)
        self.drawer: Drawer | None = None
        self._yields = False
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.work, 1)
        self._holder = QWidget()
        self._holder.hide()
        self._held = QVBoxLayout(self._holder)
        self._middle.addWidget(self._holder)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top_bar)
        rows.addWidget(self.band)
        rows.addLayout(self._middle, 1)
        rows.addWidget(self.foot)
        self.top_bar.triggered.connect(parts.run)
        self.foot.triggered.connect(parts.run)
        self.foot.entry.entered.connect(self.code_entered)

    def lay_out(self) -> None:
        """Give every part its place now, also in a window that is not on the screen yet."""
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def show_screen(self, screen: Screen, scan_id: int | None = None) -> None:
        """Show a screen, the band first; `scan_id` is reported when the band has been painted."""
        self._screen = screen
        self.band.show_band(screen.bench.band, scan_id)
        if scan_id is not None and self.band.isVisible():
            # The answer to a scan is seen at once; the rest of the screen follows when it is built.
            self.band.repaint()
        self.top_bar.show_front(screen.front)
        self.top_bar.show_status(screen.status)
        actions = [action for name in screen.bench.actions if (action := by_id(name)) is not None]
        self.foot.show_foot(screen.bench.last, actions)
        self.work.show_view(screen.bench, training=screen.status.training)

    @property
    def drawer_shown(self) -> bool:
        """True while a drawer is open and there is room for it."""
        return self.drawer is not None and not self._holder.isHidden()

    @property
    def work_shown(self) -> bool:
        """False while a drawer is in the place of the work."""
        return not self.work.isHidden()

    def open_drawer(self, drawer: Drawer, *, yields: bool = False) -> None:
        """Show a drawer at the right, in place of one that is open.

        One that `yields` waits out of sight while there is no room for it beside the work.
        """
        self.close_drawer()
        self.drawer, self._yields = drawer, yields
        drawer.closed.connect(self.drawer_closed)
        self._held.addWidget(drawer)
        self._place_drawer()
        self._order_tabs()

    def close_drawer(self) -> None:
        """Take the drawer away; the work area has the width again."""
        if self.drawer is not None:
            self._held.removeWidget(self.drawer)
            self._holder.hide()
            self.drawer.hide()
            self.drawer.deleteLater()
            self.drawer = None
        self.work.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the drawer beside the work, or in its place where there is no room for both."""
        super().resizeEvent(event)
        self._place_drawer()

    def _place_drawer(self) -> None:
        if self.drawer is None:
            return
        width = self.theme.scale.size(self.theme.tokens.split.drawer)
        beside = self.width() - width >= self.theme.scale.text(_BESIDE)
        page = self.theme.tokens.space.page
        away = self._yields and not beside
        self.work.setVisible(beside or away)
        self._holder.setVisible(not away)
        self._holder.setFixedWidth(width + page if beside else self.width())
        self._held.setContentsMargins(0 if beside else page, page, page, page)

    def _order_tabs(self) -> None:
        """Tab goes as one reads: top bar, work area, drawer, foot."""
        order: list[QWidget] = [self.top_bar, self.work]
        if self.drawer is not None:
            order.append(self.drawer)
        chain = [widget for area in (*order, self.foot) for widget in _focusable(area)]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)


def _focusable(area: QWidget) -> Sequence[QWidget]:
    """The controls in an area, by lines from the top, from left to right in each."""
    found = [
        widget
        for widget in area.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.isHidden()
    ]

    def place(widget: QWidget) -> tuple[int, int]:
        at = widget.mapTo(area, QPoint(0, 0))
        return at.y(), at.x()

    return sorted(found, key=place)
