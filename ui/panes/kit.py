"""`Kit`: what every pane is built with, and the small parts that several panes share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Choice
from ui.captions import Captions
from ui.pictures import Pictures
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets.command_button import CommandButton, Look
from ui.widgets.key_button import KeyButton
from ui.widgets.picture import PictureBox
from ui.widgets.text import Text

SKU = Face(Style.LINE, 400)


def no_pin(_pin: str) -> None:
    """Nobody asked for a PIN."""


@dataclass(frozen=True, slots=True)
class Kit:
    """Theme, captions, pictures, what to do with a command, the room there is (pixels), who takes a PIN."""

    theme: Theme
    captions: Captions
    pictures: Pictures
    run: Callable[[str], None]
    room: QSize
    enter_pin: Callable[[str], None] = no_pin

    def softened(self) -> Kit:
        """The same with heights and gaps that grow by less than the text."""
        return replace(self, theme=self.theme.softened())

    @property
    def dense(self) -> bool:
        """Whether the room is lower than the design's: gaps and pictures become smaller."""
        return self.room.height() < self.theme.scale.text(500)

    def px(self, design: float) -> int:
        """Pixels of a height or width of the design."""
        return self.theme.scale.size(design)

    def gap(self, design: float) -> int:
        """Pixels of a gap of the design."""
        return self.theme.scale.gap(design)

    def pads(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        """Margins of the design in pixels."""
        return self.gap(left), self.gap(top), self.gap(right), self.gap(bottom)

    def button(self, choice: Choice, look: Look, *, height: int = 0) -> CommandButton:
        """A button that runs its choice."""
        made = CommandButton(self.theme, choice, look, height=height)
        made.triggered.connect(self.run)
        return made

    def key(self, choice: Choice, *, small: bool = False, height: int = 0) -> KeyButton:
        """A numbered answer that runs its choice."""
        made = KeyButton(self.theme, choice, small=small, height=height)
        made.triggered.connect(self.run)
        return made

    def picture(self, address: str, name: str, width: int, height: int) -> PictureBox:
        """A picture, or the plain box."""
        return PictureBox(self.theme, self.pictures.image(address), name, width, height)

    def text(
        self,
        text: str,
        face: Face,
        role: Role = Role.TEXT,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        lines: int = 1,
    ) -> Text:
        """A text."""
        return Text(self.theme, text, face, role, align, lines=lines)


def spread(widget: QWidget) -> QWidget:
    """Let a widget take the width that is left."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, widget.sizePolicy().verticalPolicy())
    return widget


def fits(widget: QWidget, room: QSize) -> bool:
    """Whether a widget's texts and targets have what they need in `room`."""
    layout = widget.layout()
    if layout is None:
        return True
    least = layout.totalMinimumSize()
    high = layout.totalHeightForWidth(room.width()) if layout.hasHeightForWidth() else least.height()
    return least.width() <= room.width() and max(high, least.height()) <= room.height()
