"""Outlines that tell states apart without colour: arrow, notches, octagon, triangle."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

# Where an octagon's corners sit along its side: 1 - 1 / (2 + sqrt 2) and its complement.
_NEAR, _FAR = 0.2929, 0.7071


def polygon(points: Sequence[tuple[float, float]], *, closed: bool = True) -> QPainterPath:
    """A path through points."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    if closed:
        path.closeSubpath()
    return path


def arrow_tab(box: QRectF, shoulder: float) -> QPainterPath:
    """A tab whose right side points right; `shoulder` is where the point begins."""
    x, middle = box.left() + shoulder, box.center().y()
    return polygon(
        [
            (box.left(), box.top()),
            (x, box.top()),
            (box.right(), middle),
            (x, box.bottom()),
            (box.left(), box.bottom()),
        ]
    )


def notched_tab(box: QRectF, depth: float, teeth: int) -> QPainterPath:
    """A tab whose right side is a row of `teeth` teeth, `depth` deep."""
    pitch = box.height() / teeth
    points = [(box.left(), box.top())]
    for tooth in range(teeth):
        top = box.top() + tooth * pitch
        points += [(box.right() - depth, top), (box.right(), top + pitch / 2)]
    points += [(box.right() - depth, box.bottom()), (box.left(), box.bottom())]
    return polygon(points)


def octagon(box: QRectF) -> QPainterPath:
    """The stop sign's outline."""
    corners = [
        (_NEAR, 0.0),
        (_FAR, 0.0),
        (1.0, _NEAR),
        (1.0, _FAR),
        (_FAR, 1.0),
        (_NEAR, 1.0),
        (0.0, _FAR),
        (0.0, _NEAR),
    ]
    return polygon([(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in corners])


def triangle(box: QRectF) -> QPainterPath:
    """A triangle standing on its base."""
    return polygon([(box.center().x(), box.top()), (box.right(), box.bottom()), (box.left(), box.bottom())])


def rounded(box: QRectF, radius: float) -> QPainterPath:
    """A rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    return path
