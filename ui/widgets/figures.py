"""`Figures`: numbers with their words, in cells divided by hairlines, at the foot of a panel."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.workflows.view import Figure
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets.panel import Line, Section

_VALUE = Face(Style.ITEM)
_LABEL = Face(Style.BENCH)


class Figures(Section):
    """A row of figures. Cells are as wide as their words, and share what is left.

    A `low` row has each label beside its value, not under it.
    """

    def __init__(self, theme: Theme, figures: Sequence[Figure], *, low: bool = False) -> None:
        super().__init__(None, Line.TOP)
        self._low = low
        self._theme, self._set = theme, Typesetter(theme)
        self._figures: tuple[Figure, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_figures(figures)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show other figures."""
        if tuple(figures) != self._figures:
            self._figures = tuple(figures)
            self.setAccessibleName(", ".join(f"{figure.value} {figure.label}" for figure in figures))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """All cells at full size."""
        return QSize(math.ceil(sum(self._natural())), self._high())

    def minimumSizeHint(self) -> QSize:
        """Words may shrink to three quarters."""
        return QSize(math.ceil(sum(self._natural()) * 0.8), self._high())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw values over labels and the lines between cells."""
        painter = QPainter(self)
        pad, upper, lower = self._pad(), self._set.line_height(_VALUE), self._set.line_height(_LABEL)
        top = (self.height() - upper - lower) / 2 + 1
        for number, (figure, box) in enumerate(zip(self._figures, self._cells(), strict=True)):
            if number:
                painter.fillRect(QRectF(box.left(), 0, 1, self.height()), self._theme.color(Role.LINE))
            room = box.width() - 2 * pad + 2
            beside = self._beside(figure)
            value = self._set.fit(figure.value, _VALUE, room)
            area = QRectF(
                box.left() + pad, 0 if self._low else top, room, self.height() if self._low else upper
            )
            self._set.draw(painter, value, _VALUE, area, self._theme.color(Role.TEXT))
            label = self._set.fit(figure.label, _LABEL, room - beside)
            area = QRectF(box.left() + pad, top + upper, room, lower)
            if self._low:
                area = QRectF(box.left() + pad + beside, 0, room - beside, self.height())
            self._set.draw(painter, label, _LABEL, area, self._theme.color(Role.TEXT2))

    def cut_texts(self) -> list[str]:
        """Values and labels that do not fit their cell."""
        pad = self._pad()
        return [
            text
            for figure, box in zip(self._figures, self._cells(), strict=True)
            for text, face, taken in (
                (figure.value, _VALUE, 0.0),
                (figure.label, _LABEL, self._beside(figure)),
            )
            if self._set.fit(text, face, box.width() - 2 * pad + 2 - taken).cut
            or self.height() < self.minimumSizeHint().height()
        ]

    def _beside(self, figure: Figure) -> float:
        """Where in a low cell the label begins."""
        return self._set.width(figure.value, _VALUE) + self._theme.scale.gap(10) if self._low else 0.0

    def _natural(self) -> list[float]:
        width = self._set.width
        return [
            max(width(figure.value, _VALUE), width(figure.label, _LABEL) + self._beside(figure))
            + 2 * self._pad()
            for figure in self._figures
        ]

    def _cells(self) -> list[QRectF]:
        natural = self._natural()
        total = sum(natural) or 1.0
        slack = (self.width() - total) / max(1, len(natural)) if total < self.width() else 0.0
        squeeze = min(1.0, self.width() / total)
        cells, x = [], 0.0
        for width in natural:
            wide = width * squeeze + slack
            cells.append(QRectF(round(x), 0, wide, self.height()))
            x += wide
        return cells

    def _pad(self) -> int:
        return self._theme.scale.gap(self._theme.tokens.space.panel)

    def _high(self) -> int:
        value, label = self._set.line_height(_VALUE), self._set.line_height(_LABEL)
        if self._low:
            return math.ceil(max(value, label)) + 8
        return max(self._theme.scale.size(self._theme.tokens.height.figures), math.ceil(value + label) + 8)
