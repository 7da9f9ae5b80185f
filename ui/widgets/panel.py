"""`Panel`: a white ground with one round edge, divided by hairlines into sections of their own ground."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Iterable
from enum import Flag, auto
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets import shapes

Part: TypeAlias = QWidget | QLayout | int | None
Margin: TypeAlias = tuple[int, int, int, int]


class Line(Flag):
    """On which sides of a section a hairline is drawn."""

    NONE = 0
    TOP = auto()
    BOTTOM = auto()
    LEFT = auto()


class Section(QWidget):
    """A part of a panel. It draws nothing: the panel draws ground and lines, its own corners round."""

    def __init__(
        self, ground: Role | None = None, lines: Line = Line.NONE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.ground, self.lines = ground, lines


class Panel(QWidget):
    """A panel; put its sections and widgets into `column`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.column = QVBoxLayout(self)
        edge = theme.tokens.edge.hair
        self.column.setContentsMargins(edge, edge, edge, edge)
        self.column.setSpacing(0)

    def add(self, section: QWidget, stretch: int = 0) -> None:
        """Add a section below the others."""
        self.column.addWidget(section, stretch)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw grounds, lines and edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = shapes.rounded(box, self.theme.tokens.radius.panel)
        painter.fillPath(outline, self.theme.color(Role.SURFACE))
        painter.save()
        painter.setClipPath(outline)
        line = self.theme.color(Role.LINE)
        for section in self.findChildren(Section):
            if section.isHidden():
                continue
            area = QRectF(section.mapTo(self, QPoint(0, 0)), section.size())
            if section.ground is not None:
                painter.fillRect(area, self.theme.color(section.ground))
            if Line.TOP in section.lines:
                painter.fillRect(QRectF(area.left(), area.top(), area.width(), 1), line)
            if Line.BOTTOM in section.lines:
                painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), line)
            if Line.LEFT in section.lines:
                painter.fillRect(QRectF(area.left(), area.top(), 1, area.height()), line)
        painter.restore()
        painter.setPen(QPen(line, 1))
        painter.drawPath(outline)


def fill(
    box: QBoxLayout,
    parts: Iterable[QWidget | QLayout | int | None],
    gap: int,
    margin: tuple[int, int, int, int],
) -> None:
    """Put parts into a box layout: a widget or layout, an `int` for that much space, None for a stretch."""
    box.setSpacing(gap)
    box.setContentsMargins(*margin)
    for part in parts:
        match part:
            case None:
                box.addStretch(1)
            case int():
                box.addSpacing(part)
            case QLayout():
                box.addLayout(part)
            case _:
                box.addWidget(part)


def row(*parts: Part, gap: int = 0, margin: Margin = (0, 0, 0, 0)) -> QHBoxLayout:
    """Parts side by side; what has a fixed height is centred up and down."""
    box = QHBoxLayout()
    fill(box, parts, gap, margin)
    return box


def column(*parts: Part, gap: int = 0, margin: Margin = (0, 0, 0, 0)) -> QVBoxLayout:
    """Parts one below the other."""
    box = QVBoxLayout()
    fill(box, parts, gap, margin)
    return box


def row_in(widget: QWidget) -> QHBoxLayout:
    """A row that is the layout of `widget`."""
    return QHBoxLayout(widget)


def column_in(widget: QWidget) -> QVBoxLayout:
    """A column that is the layout of `widget`."""
    return QVBoxLayout(widget)
