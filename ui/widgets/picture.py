"""`PictureBox`: an item's picture with round corners, or a plain box where there is none."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets import shapes


class PictureBox(QWidget):
    """A picture filling `width` x `height` (pixels at Text 100 %), cut to that shape from its middle."""

    def __init__(  # noqa: PLR0917 - a size reads best as two numbers in order
        self,
        theme: Theme,
        image: QImage | None,
        name: str,
        width: int,
        height: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._image = theme, image
        self._scaled: QImage | None = None
        self._want = QSize(theme.scale.size(width), theme.scale.size(height))
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The size asked for."""
        return self._want

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, or the box, and its hairline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._theme.tokens.radius.picture
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = shapes.rounded(box, radius)
        painter.save()
        painter.setClipPath(outline)
        if self._image is None:
            painter.fillPath(outline, self._theme.color(Role.SURFACE2))
            side = min(self.width(), self.height()) * 0.5
            place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            self._theme.icons.draw(painter, "box", place, self._theme.color(Role.EDGE), 1.25)
        else:
            painter.drawImage(self.rect(), self._fitted(self._image))
        painter.restore()
        painter.setPen(QPen(self._theme.color(Role.LINE), 1))
        painter.drawPath(outline)

    def _fitted(self, image: QImage) -> QImage:
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._scaled is None or self._scaled.size() != size:
            cover = Qt.AspectRatioMode.KeepAspectRatioByExpanding
            grown = image.scaled(size, cover, Qt.TransformationMode.SmoothTransformation)
            left, top = (grown.width() - size.width()) // 2, (grown.height() - size.height()) // 2
            self._scaled = grown.copy(left, top, size.width(), size.height())
        return self._scaled
