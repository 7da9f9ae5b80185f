"""`RequestList`: requests that wait, by touch, arrow and letter; and `RequestDelegate`, which draws them."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionViewItem

from app.workflows.view import Marker, RequestRow
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets import shapes
from ui.widgets.markers import WORD_ROLES, draw_marker
from ui.widgets.rows import ROW_ROLE, BenchList, RowPainter, RowsModel

_TITLE = Face(Style.BENCH, 600)
_DETAIL = Face(Style.BENCH, 400)
_VALUE = Face(Style.LINE, 600)
_AGE = Face(Style.BENCH, 500)
_RIGHT = Qt.AlignmentFlag.AlignRight
_FLOOR = 0.7
_THUMB = (56, 44)

Image = Callable[[str], QImage | None]


def say_request(row: RequestRow) -> str:
    """A request in words."""
    return ", ".join(part for part in (row.title, row.detail, row.value, row.age, row.word) if part)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left edges and widths of a row's columns in pixels."""

    marker: float
    thumb: float
    title: float
    title_width: float
    value: float
    value_width: float
    age: float
    age_width: float


class RequestDelegate(RowPainter):
    """Draws a `RequestRow`: marker, photo, item and why, value, age over how it is marked."""

    def __init__(self, theme: Theme, rows: Sequence[RequestRow], image: Image, parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._set, self._image = theme, Typesetter(theme), image
        # The columns are as wide as the widest of their texts, so that figures end at one place.
        self._value = max((self._set.width(row.value, _VALUE) for row in rows), default=0) + 2
        self._age = max((self._width(row) for row in rows), default=0) + 2
        texts = [(text, face) for row in rows for text, face in ((row.title, _TITLE), (row.detail, _DETAIL))]
        self._least = max((self._set.width(text, face) for text, face in texts), default=0) * _FLOOR * 1.04

    def least_width(self) -> int:
        """As narrow as no text of a row is cut."""
        columns = self._columns(0)
        return math.ceil(self._least - columns.title_width)

    def _width(self, row: RequestRow) -> float:
        return max(self._set.width(row.age, _AGE), self._set.width(row.word, _AGE))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines of text; all rows are of one height."""
        del option, index
        lines = self._set.line_height(_TITLE) + self._set.line_height(_DETAIL)
        return QSize(0, max(self._theme.scale.size(64), math.ceil(lines) + 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, RequestRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        columns = self._columns(box.width())
        self._paint_ground(painter, row, box)
        side = self._theme.scale.size(self._theme.tokens.height.marker)
        place = QRectF(box.left() + columns.marker, box.center().y() - side / 2, side, side)
        draw_marker(painter, self._theme, row.marker, place)
        self._paint_thumb(painter, row, box, columns)
        self._paint_pair(painter, box, (columns.title, columns.title_width), (row.title, row.detail))
        area = QRectF(box.left() + columns.value, box.top(), columns.value_width, box.height() - 1)
        setting = self._set.fit(row.value, _VALUE, columns.value_width, floor=_FLOOR)
        self._set.draw(painter, setting, _VALUE, area, self._theme.color(Role.TEXT), align=_RIGHT)
        self._paint_age(painter, row, box, columns)
        painter.restore()

    def cut_texts(self, row: object, width: int) -> list[str]:
        """Texts of a row that are cut."""
        if not isinstance(row, RequestRow):
            return []
        columns = self._columns(width)
        texts = (
            (row.title, _TITLE, columns.title_width),
            (row.detail, _DETAIL, columns.title_width),
            (row.value, _VALUE, columns.value_width),
            (row.age, _AGE, columns.age_width),
            (row.word, _AGE, columns.age_width),
        )
        return [text for text, face, room in texts if self._set.fit(text, face, room, floor=_FLOOR).cut]

    def _paint_ground(self, painter: QPainter, row: RequestRow, box: QRectF) -> None:
        if row.now:
            painter.fillRect(box, self._theme.color(Role.ASK_TINT))
            wide = self._theme.tokens.edge.row_bar
            painter.fillRect(
                QRectF(box.left(), box.top(), wide, box.height() - 1), self._theme.color(Role.ASK)
            )
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, self._theme.color(Role.LINE))

    def _paint_thumb(self, painter: QPainter, row: RequestRow, box: QRectF, columns: _Columns) -> None:
        wide, high = (self._theme.scale.size(side) for side in _THUMB)
        place = QRectF(box.left() + columns.thumb, box.center().y() - high / 2, wide, high)
        image = self._image(row.picture)
        painter.save()
        outline: QPainterPath = shapes.rounded(place, self._theme.tokens.radius.picture)
        painter.setClipPath(outline)
        painter.fillPath(outline, self._theme.color(Role.SURFACE2))
        if image is None:
            side = high * 0.55
            middle = place.center()
            mark = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            self._theme.icons.draw(painter, "box", mark, self._theme.color(Role.EDGE), 1.25)
        else:
            ratio = max(wide / image.width(), high / image.height())
            grown = QRectF(0, 0, image.width() * ratio, image.height() * ratio)
            grown.moveCenter(place.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(grown, image)
        painter.restore()

    def _paint_pair(
        self, painter: QPainter, box: QRectF, at: tuple[float, float], texts: tuple[str, str]
    ) -> None:
        left, width = at
        upper, lower = self._set.line_height(_TITLE), self._set.line_height(_DETAIL)
        top = box.top() + (box.height() - 1 - upper - lower) / 2
        for text, face, y, high, role in (
            (texts[0], _TITLE, top, upper, Role.TEXT),
            (texts[1], _DETAIL, top + upper, lower, Role.TEXT2),
        ):
            setting = self._set.fit(text, face, width, floor=_FLOOR)
            area = QRectF(box.left() + left, y, width, high)
            self._set.draw(painter, setting, face, area, self._theme.color(role))

    def _paint_age(self, painter: QPainter, row: RequestRow, box: QRectF, columns: _Columns) -> None:
        high = self._set.line_height(_AGE)
        lines = [(row.age, Role.WARN_TEXT if row.late else Role.TEXT2)]
        if row.word:
            role = WORD_ROLES[row.marker] if row.marker is not Marker.NOW else Role.TEXT2
            lines.append((row.word, role))
        top = box.top() + (box.height() - 1 - high * len(lines)) / 2
        for text, role in lines:
            setting = self._set.fit(text, _AGE, columns.age_width, floor=_FLOOR)
            area = QRectF(box.left() + columns.age, top, columns.age_width, high)
            self._set.draw(painter, setting, _AGE, area, self._theme.color(role), align=_RIGHT)
            top += high

    def _columns(self, width: float) -> _Columns:
        gap, pad = self._theme.scale.gap(12), self._theme.scale.gap(16)
        marker = self._theme.scale.size(self._theme.tokens.height.marker)
        thumb = pad + marker + gap
        title = thumb + self._theme.scale.size(_THUMB[0]) + gap
        age = width - pad - self._age
        value = age - gap - self._value
        return _Columns(pad, thumb, title, value - gap - title, value, self._value, age, self._age)


class RequestList(BenchList):
    """Touch a row to take it in the hand, or go there with the arrows.

    `letters` are single keys that act here alone, so that no letter typed elsewhere decides anything. Keys of
    a scanner never come here: they are a scan before a widget sees them.
    """

    def __init__(
        self,
        theme: Theme,
        rows: Sequence[RequestRow],
        letters: Mapping[str, str],
        run: Callable[[str], None],
        image: Image,
    ) -> None:
        super().__init__(theme, "")
        self._shown, self._letters, self._run = tuple(rows), letters, run
        self.setObjectName("requests")
        model: RowsModel[RequestRow] = RowsModel(say_request)
        model.show_rows(rows)
        model.setParent(self)
        self.setModel(model)
        delegate = RequestDelegate(theme, rows, image, self)
        self.setItemDelegate(delegate)
        self.setMinimumWidth(delegate.least_width())
        self.clicked.connect(lambda index: self._take(index.row()))
        at = next((n for n, row in enumerate(rows) if row.now), 0)
        self.scrollTo(model.index(at, 0), BenchList.ScrollHint.PositionAtCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letters decide about the request in the hand, the arrows take another; the rest passes on."""
        word = self._letters.get(event.text().casefold()) if not event.isAutoRepeat() else None
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier}
        if word is not None and plain:
            self._run(word)
            return
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            at = next((n for n, row in enumerate(self._shown) if row.now), 0)
            self._take(at + (1 if event.key() == Qt.Key.Key_Down else -1))
            return
        super().keyPressEvent(event)

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._shown) and not self._shown[number].now:
            self._run(self._shown[number].command)
