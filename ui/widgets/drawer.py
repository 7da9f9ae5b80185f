"""`Drawer`: a panel at the right for help, the three facts in full, or codes to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from app.workflows.view import Choice
from ui.captions import Captions
from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets.command_button import CARD, STEP, CommandButton
from ui.widgets.panel import Line, Panel, Section, column_in, fill, row_in
from ui.widgets.text import BENCH, LINE, Text


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A code on the screen: its caption, what a scanner would read, and what it is on the real thing."""

    caption: str
    payload: str
    detail: str = ""


class Drawer(Panel):
    """A titled panel with a key (`key` names it) to close it; its content scrolls when it is long."""

    closed = Signal()

    def __init__(self, theme: Theme, captions: Captions, title: str, key: str = "Esc") -> None:
        super().__init__(theme)
        self.setObjectName("drawer")
        self.setAccessibleName(title)
        head = Section(None, Line.BOTTOM)
        close = CommandButton(theme, Choice("drawer-close", captions.close, icon="cross", key=key), STEP)
        close.triggered.connect(lambda _command: self.closed.emit())
        gap = theme.scale.gap
        heading = Text(theme, title, LINE)
        heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        fill(row_in(head), [heading, close], gap(8), (gap(16), 6, gap(8), 6))
        self.add(head)
        self.inside = QWidget()
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setAccessibleName(title)
        area.setWidget(self.inside)
        # The scroll area has just given both a ground of their own; the panel's is the right one.
        area.viewport().setAutoFillBackground(False)
        self.inside.setAutoFillBackground(False)
        self.add(area, 1)


class LinesDrawer(Drawer):
    """A drawer of sentences: help, or the three facts. They may change while it is open."""

    def __init__(self, theme: Theme, captions: Captions, title: str, lines: Sequence[str]) -> None:
        super().__init__(theme, captions, title)
        gap = theme.scale.gap
        self._texts = [self._text(line) for line in lines]
        self._column = column_in(self.inside)
        fill(self._column, [*self._texts, None], gap(14), (gap(16), gap(16), gap(16), gap(16)))

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show other sentences; what has not changed is not touched."""
        while len(self._texts) > len(lines):
            gone = self._texts.pop()
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for text, line in zip(self._texts, lines, strict=False):
            text.show_text(line)
        for line in lines[len(self._texts) :]:
            self._column.insertWidget(len(self._texts), more := self._text(line))
            self._texts.append(more)
            more.show()

    def _text(self, line: str) -> Text:
        return Text(self.theme, line, BENCH, Role.TEXT, lines=8)


def codes_panel(
    theme: Theme,
    captions: Captions,
    title: str,
    codes: Sequence[DemoCode],
    submit: Callable[[str], None],
) -> Drawer:
    """A drawer of codes; touching one submits its payload as if it had been scanned."""
    drawer = Drawer(theme, captions, title, key="Ctrl+B")
    gap = theme.scale.gap
    buttons: list[QWidget] = []
    for number, code in enumerate(codes):
        choice = Choice(f"code-{number}", code.caption, code.detail or code.payload)
        button = CommandButton(theme, choice, CARD)
        button.setToolTip(code.payload)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _checked=False, payload=code.payload: submit(payload))
        buttons.append(button)
    fill(column_in(drawer.inside), [*buttons, None], gap(8), (gap(16), gap(12), gap(16), gap(12)))
    return drawer
