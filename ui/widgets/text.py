"""`Text`: a label with bold parts that shrinks before it is cut, and knows when it is."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter, plain

BENCH = Face(Style.BENCH)
BENCH_LABEL = Face(Style.BENCH, 500)
BENCH_STRONG = Face(Style.BENCH, 600)
LINE = Face(Style.LINE)
LINE_PLAIN = Face(Style.LINE, 400)
ITEM = Face(Style.ITEM)
FIGURE = Face(Style.FIGURE)


class Text(QLabel):
    """A text of a view in one face and colour, on one line or wrapped onto up to `lines`.

    Being a QLabel it is a static text to assistive technology; the painting is its own.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        face: Face = BENCH,
        role: Role = Role.TEXT,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        lines: int = 1,
        floor: float = 0.75,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._set = Typesetter(theme)
        self._theme, self._face, self._role, self._align = theme, face, role, align
        self._lines, self._floor = lines, floor
        self._marked = ""
        # A fixed height would be that of one line.
        upright = QSizePolicy.Policy.Preferred if lines > 1 else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, upright)
        policy.setHeightForWidth(lines > 1)
        self.setSizePolicy(policy)
        self.show_text(text)

    def show_text(self, text: str, role: Role | None = None) -> None:
        """Show another text, in another colour if one is given."""
        if text != self._marked or role not in {None, self._role}:
            self._marked, self._role = text, role or self._role
            self.setText(plain(text))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """The text in full size on as many lines as it brings."""
        count = self._marked.count("\n") + 1
        return QSize(
            math.ceil(self._set.width(self._marked, self._face)) + 1,
            math.ceil(self._set.line_height(self._face) * count),
        )

    def minimumSizeHint(self) -> QSize:
        """As narrow as shrinking (or wrapping) allows without a cut."""
        whole = self.sizeHint()
        if self._lines == 1:
            return QSize(math.ceil((whole.width()) * (self._floor + 0.03)), whole.height())
        words = plain(self._marked).split() or [""]
        widest = max(self._set.width(word, Face(self._face.style, self._face.bold)) for word in words)
        return QSize(math.ceil(widest) + 1, math.ceil(self._set.line_height(self._face)))

    def hasHeightForWidth(self) -> bool:
        """Only a text that may wrap has."""
        return self._lines > 1

    def heightForWidth(self, width: int) -> int:
        """The height of the text wrapped into `width`."""
        setting = self._set.fit(self._marked, self._face, width, self._lines, self._floor)
        return math.ceil(self._set.line_height(self._face, setting.shrink) * len(setting.lines))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, centred up and down."""
        painter = QPainter(self)
        setting = self._set.fit(self._marked, self._face, self.width(), self._lines, self._floor)
        color = self._theme.color(self._role)
        self._set.draw(painter, setting, self._face, QRectF(self.rect()), color, align=self._align)

    def cut_texts(self) -> list[str]:
        """The text, if this label is too small for it."""
        setting = self._set.fit(self._marked, self._face, self.width(), self._lines, self._floor)
        needed = self._set.line_height(self._face, setting.shrink) * len(setting.lines)
        return [self._marked] if setting.cut or needed > self.height() + 1 else []
