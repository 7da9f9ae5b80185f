"""`CodeEntry`: typing a code by hand, in the foot; no box comes up, and the station goes on scanning."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from app.workflows.view import Choice
from ui.captions import Captions
from ui.theme.theme import Theme
from ui.theme.tokens import Style
from ui.widgets.command_button import FOOT, CommandButton
from ui.widgets.panel import fill
from ui.widgets.text import BENCH_STRONG, Text

LONGEST = 4096


class CodeEntry(QWidget):
    """A field and two buttons. `entered` carries what was typed, trimmed and never empty."""

    entered = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, captions: Captions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code-entry")
        self.field = QLineEdit(self)
        self.field.setObjectName("code-field")
        self.field.setAccessibleName(captions.type_code)
        self.field.setFont(theme.font(Style.LINE, 500))
        self.field.setMaxLength(LONGEST)
        self.field.setFixedHeight(theme.scale.frame(theme.tokens.frame.button))
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Codes are not prose: no corrections, no capital at the beginning.
        self.field.setInputMethodHints(
            Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        use = CommandButton(theme, Choice("code-use", captions.send_code, icon="tick", key="Enter"), FOOT)
        close = CommandButton(theme, Choice("code-close", captions.close, icon="cross", key="Esc"), FOOT)
        use.triggered.connect(lambda _command: self._enter())
        close.triggered.connect(lambda _command: self.closed.emit())
        self.field.returnPressed.connect(self._enter)
        box = QHBoxLayout(self)
        fill(box, [Text(theme, captions.type_code, BENCH_STRONG), self.field, use, close], 8, (16, 0, 16, 0))

    def begin(self) -> None:
        """Empty the field and give it the keyboard."""
        self.field.clear()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _enter(self) -> None:
        typed = self.field.text().strip()
        self.field.clear()
        if typed:
            self.entered.emit(typed)
