"""`PinField` and the keys of its pad: digits live here alone until they are handed over, once."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QContextMenuEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.domain.approvals.pin import LONGEST
from app.workflows.view import Choice
from ui.theme.theme import Theme
from ui.theme.tokens import Style
from ui.widgets.command_button import DIGIT, CommandButton

_Keyed = tuple[Choice, Callable[[], None]]


class PinField(QLineEdit):
    """Shows dots, takes digits, gives them to `enter` and forgets them.

    What is typed by a hand comes here; a scanner's keys do not (`ScanBridge`).
    """

    def __init__(
        self, theme: Theme, name: str, enter: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._enter = enter
        self.setObjectName("pin-field")
        self.setAccessibleName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self))
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setFont(theme.font(Style.ITEM, 600))
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhDigitsOnly)
        self.setFixedHeight(theme.scale.size(theme.tokens.height.row))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setDragEnabled(False)
        self.returnPressed.connect(self.hand_over)

    def hand_over(self) -> None:
        """Gives the digits away and keeps none."""
        pin = self.text()
        self.clear()
        # Also the field's own undo must not bring them back.
        self.setText("")
        self._enter(pin)

    def press(self, digit: str) -> None:
        """A key of the pad."""
        self.insert(digit)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Nothing is pasted into a PIN, and nothing copied out of one."""
        event.accept()


def pin_keys(theme: Theme, field: PinField, names: tuple[str, str], height: int) -> list[CommandButton]:
    """The keys of the pad in their order.

    Args:
        theme: how they look.
        field: what they fill.
        names: what the one back and the one that empties do.
        height: of each, in pixels; 0 for the usual one.
    """
    back, empty = names
    digits: list[_Keyed] = [
        (Choice(f"pin-{digit}", digit), partial(field.press, digit)) for digit in "1234567890"
    ]
    extras: tuple[_Keyed, ...] = (
        (Choice("pin-back", "", detail=back, icon="back"), field.backspace),
        (Choice("pin-empty", "", detail=empty, icon="cross"), field.clear),
    )
    every = (*digits[:9], extras[0], digits[9], extras[1])
    return [_key(theme, choice, press, height) for choice, press in every]


def _key(theme: Theme, choice: Choice, press: Callable[[], None], height: int) -> CommandButton:
    key = CommandButton(theme, choice, DIGIT, height=height)
    key.triggered.connect(lambda _command: press())
    return key
