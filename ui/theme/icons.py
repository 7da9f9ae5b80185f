"""Icons: one stroke path each, drawn in the colour of the text beside them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_BOX = 24


def svg(path: str, color: str, stroke: float = 2.0) -> bytes:
    """An SVG document of one icon path in `color` (`#RRGGBB`)."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_BOX} {_BOX}" fill="none" stroke="{color}" '
        f'stroke-width="{stroke}" stroke-linecap="round" stroke-linejoin="round"><path d="{path}"/></svg>'
    ).encode()


class Icons:
    """Renders icon paths and keeps the pixels of each (name, colour, size) it has drawn."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._paths = paths
        self._drawn: dict[tuple[str, str, int, float], QImage] = {}

    def known(self, name: str) -> bool:
        """Whether there is an icon of that name."""
        return name in self._paths

    def draw(self, painter: QPainter, name: str, box: QRectF, color: QColor, stroke: float = 2.0) -> None:
        """Draw the icon into the square `box`; a name that is not known draws nothing."""
        if name not in self._paths:
            return
        ratio = painter.device().devicePixelRatioF()
        side = max(1, round(box.width() * ratio))
        key = (name, color.name(), side, stroke)
        image = self._drawn.get(key)
        if image is None:
            image = self._render(self._paths[name], color.name(), side, stroke)
            self._drawn[key] = image
        # On whole pixels of the device, or the edges would be smeared.
        image.setDevicePixelRatio(ratio)
        left, top = round(box.left() * ratio) / ratio, round(box.top() * ratio) / ratio
        painter.drawImage(QPointF(left, top), image)

    @staticmethod
    def _render(path: str, color: str, side: int, stroke: float) -> QImage:
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(svg(path, color, stroke))).render(painter, QRectF(0, 0, side, side))
        painter.end()
        return image
