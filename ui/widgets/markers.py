"""The marker of a row or word: one silhouette per state, readable in grey; and the bars of progress."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Marker
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets import shapes

WORD_ROLES: dict[Marker, Role] = {
    Marker.OK: Role.OK_TEXT,
    Marker.NOW: Role.ASK_TEXT,
    Marker.ATTENTION: Role.WARN_TEXT,
    Marker.STOP: Role.STOP_TEXT,
    Marker.OPEN: Role.TEXT2,
    Marker.WAITS_TO_SEND: Role.OFF_TEXT,
    Marker.SENT: Role.TEXT2,
}
"""The colour of a word that stands beside each marker."""

BAR_ROLES: dict[Marker, Role] = {
    Marker.OK: Role.OK,
    Marker.NOW: Role.ASK,
    Marker.ATTENTION: Role.WARN_EDGE,
    Marker.STOP: Role.STOP,
}
"""The fill of a bar of progress; every other marker draws a hollow bar."""

_BOX = 24.0
_COUNT = Face(Style.BENCH, 600)


def draw_marker(painter: QPainter, theme: Theme, marker: Marker, box: QRectF) -> None:
    """Draw a marker into the square `box`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / _BOX, box.height() / _BOX)
    painter.setPen(Qt.PenStyle.NoPen)
    match marker:
        case Marker.OK:
            _filled(painter, theme.color(Role.OK), _disc())
            _stroke(painter, theme.color(Role.ON_OK), [(7.4, 12.4), (10.6, 15.4), (16.6, 9)], 2.2)
        case Marker.NOW:
            _filled(painter, theme.color(Role.ASK), _tab())
            _stroke(painter, theme.color(Role.ON_ASK), [(8.2, 8.4), (11.8, 12), (8.2, 15.6)], 2.2)
        case Marker.ATTENTION:
            _triangle(painter, theme)
        case Marker.STOP:
            _filled(painter, theme.color(Role.STOP), shapes.octagon(QRectF(1, 1, 22, 22)))
            _stroke(painter, theme.color(Role.ON_STOP), [(8.6, 8.6), (15.4, 15.4)], 2.4)
            _stroke(painter, theme.color(Role.ON_STOP), [(15.4, 8.6), (8.6, 15.4)], 2.4)
        case Marker.OPEN:
            painter.setPen(QPen(theme.color(Role.EDGE), 2))
            painter.drawEllipse(QRectF(3, 3, 18, 18))
        case Marker.WAITS_TO_SEND:
            _filled(painter, theme.color(Role.OFF), shapes.rounded(QRectF(2, 2, 20, 20), 4))
            _stroke(painter, theme.color(Role.ON_OFF), [(12, 17), (12, 7.5)], 2.2)
            _stroke(painter, theme.color(Role.ON_OFF), [(8, 11.3), (12, 7.3), (16, 11.3)], 2.2)
        case Marker.SENT:
            _stroke(painter, theme.color(Role.TEXT2), [(5, 12.5), (9.5, 17), (19, 7.5)], 2.4)
    painter.restore()


def _disc() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(1, 1, 22, 22))
    return path


def _tab() -> QPainterPath:
    return shapes.arrow_tab(QRectF(2, 2, 21, 20), 12.5)


def _triangle(painter: QPainter, theme: Theme) -> None:
    pen = QPen(theme.color(Role.WARN_TAB), 1.6)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(theme.color(Role.WARN))
    painter.drawPath(shapes.triangle(QRectF(1.4, 2.6, 21.2, 19)))
    _stroke(painter, theme.color(Role.ON_WARN), [(12, 9.4), (12, 14.6)], 2.4)
    _stroke(painter, theme.color(Role.ON_WARN), [(12, 18), (12, 18.1)], 2.4)


def _filled(painter: QPainter, color: QColor, path: QPainterPath) -> None:
    painter.fillPath(path, color)


def _stroke(painter: QPainter, color: QColor, points: list[tuple[float, float]], width: float) -> None:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(shapes.polygon(points, closed=False), pen)


class MarkerIcon(QWidget):
    """A marker beside a text; the text says what it means, so it has no name of its own."""

    def __init__(self, theme: Theme, marker: Marker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marker = marker
        side = theme.scale.size(theme.tokens.height.marker)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the marker."""
        draw_marker(QPainter(self), self._theme, self._marker, QRectF(self.rect()))


class Badge(QWidget):
    """How many, on a quiet chip beside a title."""

    def __init__(self, theme: Theme, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._set, self._count = theme, Typesetter(theme), str(count)
        self.setAccessibleName(self._count)
        high = round(theme.scale.text(24))
        wide = round(self._set.width(self._count, _COUNT) + 2 * theme.scale.text(8))
        self.setFixedSize(max(wide, high), high)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw chip and number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        chip = shapes.rounded(box, self._theme.tokens.radius.chip)
        painter.fillPath(chip, self._theme.color(Role.PRESS))
        setting = self._set.fit(self._count, _COUNT, box.width())
        centre = Qt.AlignmentFlag.AlignHCenter
        self._set.draw(painter, setting, _COUNT, box, self._theme.color(Role.TEXT), align=centre)


class Segments(QWidget):
    """Progress as one small bar a line: filled when done, blue when now, hollow when open.

    Many lines share the room of ten bars; the figure beside them says how many there are.
    """

    MOST = 10

    def __init__(self, theme: Theme, segments: Sequence[Marker] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._segments = tuple(segments)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_segments(self, segments: Sequence[Marker]) -> None:
        """Draw other bars."""
        self._segments = tuple(segments)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Bars side by side, up to `MOST` of full width."""
        size, gap = self._theme.scale.size, self._theme.scale.gap(self._theme.tokens.space.small)
        height = self._theme.tokens.height
        count = len(self._segments)
        width = size(height.segment_width if count <= 4 else height.segment_width // 2)  # noqa: PLR2004
        return QSize(min(count, self.MOST) * (width + gap) - (gap if count else 0), size(height.segment))

    def minimumSizeHint(self) -> QSize:
        """No narrower than it wants to be."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars."""
        if not self._segments:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = min(
            self._theme.scale.gap(self._theme.tokens.space.small), self.width() / len(self._segments) / 4
        )
        pitch = (self.width() + gap) / len(self._segments)
        for number, marker in enumerate(self._segments):
            box = QRectF(number * pitch, 0, pitch - gap, self.height())
            draw_bar(painter, self._theme, marker, box)


def draw_bar(painter: QPainter, theme: Theme, marker: Marker, box: QRectF) -> None:
    """Draw one bar of progress."""
    radius = min(theme.tokens.radius.bar, box.height() / 2, box.width() / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if marker in BAR_ROLES:
        painter.fillPath(shapes.rounded(box, radius), theme.color(BAR_ROLES[marker]))
        return
    painter.setPen(QPen(theme.color(Role.EDGE), 2))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)
