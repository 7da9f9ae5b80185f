"""`StopFrame`: the ground of the work area; its edge shows a latched stop, or training, and moves nothing."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role

_HATCH = 12


class StopFrame(QWidget):
    """The work area's container."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stopped = self._training = False
        self.setObjectName("work-area")

    def show_state(self, *, stopped: bool, training: bool) -> None:
        """Draw the red frame, the hatched frame, or none; a stop hides training's."""
        if (stopped, training) != (self._stopped, self._training):
            self._stopped, self._training = stopped, training
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground and frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color(Role.BG))
        if not (self._stopped or self._training):
            return
        wide = self._theme.tokens.edge.stop_frame
        box = QRectF(self.rect())
        frame = QPainterPath()
        frame.addRect(box)
        inner = QPainterPath()
        inner.addRect(box.adjusted(wide, wide, -wide, -wide))
        ring = frame.subtracted(inner)
        painter.fillPath(ring, self._theme.color(Role.STOP if self._stopped else Role.TRAIN))
        if self._training and not self._stopped:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipPath(ring)
            painter.setPen(QPen(self._theme.color(Role.ON_TRAIN), 3))
            for start in range(-self.height(), self.width(), _HATCH):
                painter.drawLine(QPointF(start, self.height()), QPointF(start + self.height(), 0))
