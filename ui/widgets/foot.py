"""The foot: what was done last, Undo beside it, the keys that mean something here, and typing a code."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Choice, LastAction
from ui.actions import Action
from ui.captions import Captions
from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets.code_entry import CodeEntry
from ui.widgets.command_button import FOOT, CommandButton
from ui.widgets.last_action import LastActionText

_MARGIN = 16
_GAP = 8
_APART = 24


class Foot(QWidget):
    """Puts its parts in place itself. Keys that find no room wait behind `More`, which turns to the next."""

    triggered = Signal(str)

    def __init__(self, theme: Theme, captions: Captions, undo: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._captions = theme, captions
        self._last: LastAction | None = None
        self._actions: tuple[Action, ...] = ()
        self._first = 0
        self._shown = 0
        self.setObjectName("foot")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.scale.frame(theme.tokens.frame.foot))
        self._text = LastActionText(theme, captions.last, self)
        self._undo = CommandButton(theme, Choice(undo.id, undo.caption, icon=undo.icon), FOOT, parent=self)
        self._undo.setToolTip(undo.shown)
        self._undo.setObjectName("foot-undo")
        self._undo.triggered.connect(self.triggered)
        self._buttons: list[CommandButton] = []
        self._more = CommandButton(theme, Choice("more", captions.more, icon="more"), FOOT, parent=self)
        self._more.setObjectName("foot-more")
        self._more.triggered.connect(lambda _command: self._turn())
        self.entry = CodeEntry(theme, captions, self)
        self.entry.hide()

    def show_foot(self, last: LastAction | None, actions: Sequence[Action]) -> None:
        """Show another last action and other keys; buttons are made anew only when the keys change."""
        if last == self._last and tuple(actions) == self._actions:
            return
        if last != self._last:
            self._last = last
            self._text.show_last(last)
        if tuple(actions) != self._actions:
            self._actions, self._first = tuple(actions), 0
            for button in self._buttons:
                button.hide()
                button.deleteLater()
            self._buttons = [self._make(action) for action in actions]
            self.order_tabs()
        self._arrange()

    def order_tabs(self) -> None:
        """Tab goes from Undo through the keys to More."""
        chain: list[QWidget] = [self._undo, *self._buttons, self._more]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def open_entry(self) -> None:
        """Show the field for typing a code and give it the keyboard."""
        self.entry.show()
        self._arrange()
        self.entry.begin()

    def close_entry(self) -> None:
        """Show the foot again."""
        self.entry.hide()
        self._arrange()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Choose what fits the new width."""
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground and hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color(Role.SURFACE))
        painter.fillRect(QRectF(0, 0, self.width(), 1), self._theme.color(Role.LINE))

    def _make(self, action: Action) -> CommandButton:
        choice = Choice(action.id, action.caption, icon=action.icon, key=action.shown)
        button = CommandButton(self._theme, choice, FOOT, parent=self)
        button.setObjectName(f"foot-{action.id}")
        button.triggered.connect(self.triggered)
        return button

    def _turn(self) -> None:
        following = self._first + max(1, self._shown)
        self._first = following if following < len(self._buttons) else 0
        self._arrange()

    def _arrange(self) -> None:
        typing = not self.entry.isHidden()
        self.entry.setGeometry(0, 1, self.width(), self.height() - 1)
        if typing:
            for widget in (self._text, self._undo, self._more, *self._buttons):
                widget.hide()
            self.entry.raise_()
            return
        undo = self._last is not None and self._last.undo
        undo_width = self._undo.sizeHint().width() + _GAP if undo else 0
        left = self._choose_left(undo_width)
        taken = self._text.take(left)
        self._text.setVisible(bool(taken))
        self._text.setGeometry(_MARGIN, 1, taken, self.height() - 1)
        self._put(self._undo, _MARGIN + taken + _GAP, shown=undo)
        self._place_keys(self.width() - _MARGIN - taken - undo_width - _APART - _MARGIN)

    def _choose_left(self, undo_width: int) -> int:
        """The width of the wording to use: the longest that leaves all keys, else two, else one."""
        room = self.width() - 2 * _MARGIN - _APART - undo_width
        wide = [button.sizeHint().width() + _GAP for button in self._buttons]
        # After More, what stands at the left leaves room for the keys that it turned to.
        turned = wide[self._first :]
        more = self._more.sizeHint().width()
        widths = self._text.widths() or [0]
        # Time and "Last" go before any key does; keys go behind More before a clause does.
        whole = widths[: self._text.whole]
        for offered, keys in (
            (whole, sum(wide)),
            (whole[-1:], more + sum(turned[:2])),
            (widths, more + sum(turned[:2])),
            (widths, more + sum(turned[:1])),
        ):
            for width in offered:
                if width + keys <= room:
                    return width
        return min(widths[-1], max(0, room - more - sum(turned[:1])))

    def _place_keys(self, room: int) -> None:
        widths = [button.sizeHint().width() for button in self._buttons]
        more = sum(width + _GAP for width in widths) - _GAP > room
        shown: list[CommandButton] = []
        if more:
            room -= self._more.sizeHint().width() + _GAP
        else:
            self._first = 0
        for button, width in zip(self._buttons[self._first :], widths[self._first :], strict=True):
            if shown and room < width:
                break
            shown.append(button)
            room -= width + _GAP
        self._shown = len(shown)
        x = self.width() - _MARGIN
        if more:
            x -= self._more.sizeHint().width()
        self._put(self._more, x, shown=more)
        if more:
            x -= _GAP
        for button in self._buttons:
            if button not in shown:
                button.hide()
        for button in reversed(shown):
            x -= button.sizeHint().width()
            self._put(button, x, shown=True)
            x -= _GAP

    def _put(self, button: CommandButton, x: int, *, shown: bool) -> None:
        size = button.sizeHint()
        button.setGeometry(x, (self.height() + 1 - size.height()) // 2, size.width(), size.height())
        button.setVisible(shown)

    def cut_texts(self) -> list[str]:
        """Keys that reach into the last action."""
        shown = [button for button in self._buttons if not button.isHidden()]
        if not shown:
            return []
        left = self._undo if not self._undo.isHidden() else self._text
        overlap = not left.isHidden() and shown[0].x() <= left.geometry().right()
        return ["foot"] if overlap else []
