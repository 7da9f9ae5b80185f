"""`LabelPreview`: the printed label in small, with the same texts and the same bars as on paper."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows import view
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets import shapes

_HEAD = Face(Style.LABEL_HEAD)
_TEXT = Face(Style.LABEL_TEXT)
_CODE = Face(Style.LABEL_TEXT, 700)
_PAD = 16
_BARS = 40


class LabelPreview(QWidget):
    """Paper with headline and place, the item, the code as bars and as text, the date."""

    def __init__(self, theme: Theme, label: view.LabelPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._set, self._label = theme, Typesetter(theme), label
        self.setObjectName("label-preview")
        parts = (label.headline, label.place, label.item, label.code, label.date)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Three lines of text and the bars."""
        lines = self._set.line_height(_HEAD) + 2 * self._set.line_height(_TEXT)
        bars = self._theme.scale.size(_BARS) + 10 if self._label.bars else 6
        return QSize(self._theme.scale.size(264), math.ceil(lines + bars) + 2 * 14)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for its texts when they shrink a little."""
        return QSize(round(self.sizeHint().width() * 0.75), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the label."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = shapes.rounded(box, self._theme.tokens.radius.cell)
        painter.fillPath(outline, self._theme.color(Role.PAPER))
        painter.setPen(QPen(self._theme.color(Role.EDGE), 1))
        painter.drawPath(outline)
        head, text = self._set.line_height(_HEAD), self._set.line_height(_TEXT)
        y = 12.0
        self._pair(painter, self._label.headline, self._label.place, _HEAD, _HEAD, y)
        y += head
        self._one(painter, self._label.item, _TEXT, y)
        y += text + 4
        if self._label.bars:
            high = self.height() - y - text - 18
            self._bars(painter, QRectF(_PAD, y, self.width() - 2 * _PAD, high))
        self._pair(painter, self._label.code, self._label.date, _CODE, _TEXT, self.height() - 12 - text)

    def cut_texts(self) -> list[str]:
        """Texts that are cut."""
        room = self.width() - 2 * _PAD
        label = self._label
        cut = [label.item] if self._set.fit(label.item, _TEXT, room, floor=0.6).cut else []
        for left, right, face, other in (
            (label.headline, label.place, _HEAD, _HEAD),
            (label.code, label.date, _CODE, _TEXT),
        ):
            if self._shrunk(left, right, face, other) < 0.5:  # noqa: PLR2004 - half size is too small to read
                cut.append(f"{left} {right}")
        return cut

    def _shrunk(self, left: str, right: str, face: Face, other: Face) -> float:
        wanted = self._set.width(left, face) + self._set.width(right, other) + 12
        return min(1.0, (self.width() - 2 * _PAD) / wanted)

    def _pair(self, painter: QPainter, left: str, right: str, face: Face, other: Face, y: float) -> None:  # noqa: PLR0917
        ink = self._theme.color(Role.INK)
        shrink = self._shrunk(left, right, face, other)
        area = QRectF(_PAD, y, self.width() - 2 * _PAD, self._set.line_height(face))
        part = self._set.width(left, face) * shrink + 1
        setting = self._set.fit(left, face, part, floor=0.5)
        self._set.draw(painter, setting, face, area, ink)
        setting = self._set.fit(right, other, area.width() - part, floor=0.5)
        self._set.draw(painter, setting, other, area, ink, align=Qt.AlignmentFlag.AlignRight)

    def _one(self, painter: QPainter, text: str, face: Face, y: float) -> None:
        area = QRectF(_PAD, y, self.width() - 2 * _PAD, self._set.line_height(face))
        setting = self._set.fit(text, face, area.width(), floor=0.6)
        self._set.draw(painter, setting, face, area, self._theme.color(Role.INK))

    def _bars(self, painter: QPainter, box: QRectF) -> None:
        modules = sum(self._label.bars)
        ratio = self.devicePixelRatioF()
        # Whole device pixels a module, so that every bar is as sharp and as wide as its neighbours.
        module = math.floor(box.width() * ratio / modules) / ratio or box.width() / modules
        x = box.left() + math.floor((box.width() - modules * module) / 2)
        ink = self._theme.color(Role.INK)
        for number, width in enumerate(self._label.bars):
            if number % 2 == 0:
                painter.fillRect(QRectF(x, box.top(), width * module, box.height()), ink)
            x += width * module
