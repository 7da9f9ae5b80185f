"""`TouchButton`: what every touch target has in common, so that none answers twice or by accident."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.typeset import Typesetter, plain
from ui.widgets import shapes

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TouchButton(QAbstractButton):
    """A button that stands for one command word or window action; emits `triggered` with it.

    Enter never presses it, so a scanner's suffix cannot; Space does, when the keyboard has brought the focus.
    The second press of a double click does nothing (it would answer the next question), except on digits.
    """

    triggered = Signal(str)

    def __init__(
        self, theme: Theme, command: str, name: str, *, repeats: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.set = Typesetter(theme)
        self.command = command
        self._repeats = repeats
        self.setText(plain(name))
        self.setObjectName(f"touch-{command}")
        self.setAccessibleName(plain(name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.triggered.emit(self.command))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than a fingertip."""
        side = self.theme.tokens.height.button
        return QSize(side, side)

    def cut_texts(self) -> list[str]:
        """Texts that do not fit at the present size; buttons with texts answer for theirs."""
        return []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter to the window."""
        if event.key() in _ENTER:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click."""
        if self._repeats:
            super().mousePressEvent(event)
        else:
            event.accept()

    def paint_box(
        self, painter: QPainter, *, filled: bool = False, chosen: bool = False, edge: int | None = None
    ) -> None:
        """Draw the button's ground and edge; call `paint_focus` last."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = edge or (self.theme.tokens.edge.focus if chosen else self.theme.tokens.edge.control)
        radius = self.theme.tokens.radius.button
        inset = width / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        ground = Role.ASK if filled else Role.SURFACE
        if not filled and self.isEnabled():
            ground = Role.PRESS if self.isDown() else Role.SURFACE2 if self.underMouse() else Role.SURFACE
        line = Role.LINE if not self.isEnabled() else Role.ASK if filled or chosen else Role.EDGE
        if chosen and ground is Role.SURFACE:
            ground = Role.ASK_TINT
        if filled and self.isDown():
            ground = line = Role.ASK_TAB
        painter.fillPath(shapes.rounded(box, radius), self.theme.color(ground))
        painter.setPen(QPen(self.theme.color(line), width))
        painter.drawRoundedRect(box, radius, radius)

    def paint_focus(self, painter: QPainter) -> None:
        """Draw the focus ring on top of everything, with a clear line inside so that it shows on any fill."""
        if not self.hasFocus():
            return
        draw_focus_ring(painter, self.theme, QRectF(self.rect()))

    def text_role(self, role: Role = Role.TEXT) -> Role:
        """The colour of a text on this button: second text when it is switched off."""
        return role if self.isEnabled() else Role.TEXT2


def draw_focus_ring(painter: QPainter, theme: Theme, box: QRectF) -> None:
    """Draw the 3 px ring just inside `box`."""
    width, radius = theme.tokens.edge.focus, theme.tokens.radius.button
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color(Role.FOCUS), width))
    painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), radius, radius)
    painter.setPen(QPen(theme.color(Role.SURFACE), 2))
    painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), radius - 2, radius - 2)
