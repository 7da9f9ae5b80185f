from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workflows.view import Choice
from tests.ui.conftest import MakeTheme
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets.command_button import (
    CARD,
    CARD_LINE,
    DIGIT,
    FOOT,
    GRADE,
    PLAIN,
    PRIMARY,
    ROW,
    CommandButton,
    Look,
)
from ui.widgets.key_button import KeyButton
from ui.widgets.touch import TouchButton

LOOKS = {
    "foot": FOOT,
    "row": ROW,
    "card": CARD,
    "line": CARD_LINE,
    "primary": PRIMARY,
    "plain": PLAIN,
    "grade": GRADE,
    "digit": DIGIT,
}
CHOICE = Choice("UNDO", "Drop the scan", "changes nothing", "undo", "UNDO")


def shown(qtbot: QtBot, button: TouchButton) -> tuple[TouchButton, list[str]]:
    heard: list[str] = []
    button.triggered.connect(heard.append)
    qtbot.addWidget(button)
    button.resize(button.sizeHint())
    button.show()
    qtbot.waitExposed(button)
    return button, heard


def double_click(button: TouchButton) -> None:
    """The second press of a double click, alone: the first was on what was here before."""
    event = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(5, 5),
        button.mapToGlobal(QPointF(5, 5)),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(button, event)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))


def test_a_touch_says_the_command_once(qtbot: QtBot, theme: Theme) -> None:
    button, heard = shown(qtbot, KeyButton(theme, CHOICE))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == ["UNDO"]


def test_the_second_press_of_a_double_click_is_no_answer(qtbot: QtBot, theme: Theme) -> None:
    button, heard = shown(qtbot, KeyButton(theme, CHOICE))
    double_click(button)
    assert heard == []


def test_two_quick_digits_are_two_digits(qtbot: QtBot, theme: Theme) -> None:
    button, heard = shown(qtbot, CommandButton(theme, Choice("DI", "1"), DIGIT))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    double_click(button)
    assert heard == ["DI", "DI"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_never_presses(qtbot: QtBot, theme: Theme, key: Qt.Key) -> None:
    button, heard = shown(qtbot, CommandButton(theme, CHOICE, PRIMARY))
    button.setFocus()
    QTest.keyClick(button, key)
    assert heard == []
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert heard == ["UNDO"]


def test_a_touch_does_not_take_the_keyboard(qtbot: QtBot, theme: Theme) -> None:
    button, _ = shown(qtbot, KeyButton(theme, CHOICE))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.hasFocus()


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_large_enough_and_cuts_nothing(
    qtbot: QtBot, make_theme: MakeTheme, look: str, percent: int
) -> None:
    button, _ = shown(qtbot, CommandButton(make_theme(percent), CHOICE, LOOKS[look]))
    assert button.cut_texts() == []
    least = button.minimumSizeHint()
    assert min(least.width(), least.height()) >= 48
    button.resize(least)
    assert button.cut_texts() == [], "the least size still shows all"


def test_the_primary_button_is_as_large_as_promised(qtbot: QtBot, theme: Theme) -> None:
    button, _ = shown(qtbot, CommandButton(theme, Choice("OK", "OK"), PRIMARY))
    assert button.height() >= 64
    assert button.width() >= 160


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("percent", [100, 200])
def test_an_answer_is_large_and_named_with_its_number(
    qtbot: QtBot, make_theme: MakeTheme, percent: int, small: bool
) -> None:
    choice = Choice("NI", "It has no seal", "was opened before", key="1")
    button, _ = shown(qtbot, KeyButton(make_theme(percent), choice, small=small))
    assert button.accessibleName() == "1 It has no seal"
    assert button.height() >= 64
    assert button.cut_texts() == []
    button.resize(button.minimumSizeHint())
    assert button.cut_texts() == []


def test_a_button_too_narrow_says_what_it_cuts(qtbot: QtBot, theme: Theme) -> None:
    button, _ = shown(qtbot, CommandButton(theme, CHOICE, CARD))
    button.resize(90, button.height())
    assert "Drop the scan" in button.cut_texts()


@pytest.mark.parametrize(
    ("choice", "lines"),
    [
        (
            Choice("UNDO", "Drop it", "nothing kept", key="UNDO"),
            ("**UNDO**  nothing kept", "nothing kept", "**UNDO**"),
        ),
        (Choice("UNDO", "UNDO", "nothing kept", key="UNDO"), ("nothing kept",)),
        (Choice("UNDO", "Drop it", key="UNDO"), ("**UNDO**",)),
        (Choice("UNDO", "Drop it"), ()),
    ],
)
def test_the_second_line_names_the_mat_word(theme: Theme, choice: Choice, lines: tuple[str, ...]) -> None:
    assert CommandButton(theme, choice, CARD)._seconds == lines


def test_the_word_gives_way_before_the_detail_is_made_smaller(qtbot: QtBot, theme: Theme) -> None:
    choice = Choice("DONE", "Done", "what is open counts as missing", key="Ctrl+Enter")
    button, _ = shown(qtbot, CommandButton(theme, choice, CARD))
    assert isinstance(button, CommandButton)
    assert button._second(1000).lines[0][0].text == "Ctrl+Enter"
    whole = button.set.width(choice.detail, Face(Style.BENCH)) + 2
    assert button._second(whole).lines[0][0].text == choice.detail
    assert button._second(whole).shrink == 1.0


@pytest.mark.parametrize("look", [CARD, PRIMARY], ids=["plain", "filled"])
def test_the_focus_ring_is_seen_on_any_fill(qtbot: QtBot, theme: Theme, look: Look) -> None:
    button, _ = shown(qtbot, CommandButton(theme, CHOICE, look))
    without = button.grab().toImage()
    button.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    with_ring = button.grab().toImage()
    middle = button.height() // 2
    assert with_ring.pixelColor(1, middle) == theme.color(Role.FOCUS)
    assert with_ring.pixelColor(4, middle) == theme.color(Role.SURFACE), "a clear line sets the ring apart"
    assert without != with_ring


def test_a_switched_off_button_does_nothing(qtbot: QtBot, theme: Theme) -> None:
    button, heard = shown(qtbot, KeyButton(theme, Choice("NI", "Yes", key="1", enabled=False)))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == []


def test_a_button_with_an_icon_only_has_a_name_and_a_tip(theme: Theme) -> None:
    button = CommandButton(theme, Choice("x", "", "Close", "cross"), FOOT)
    assert (button.accessibleName(), button.toolTip()) == ("Close", "Close")


def test_a_proposed_answer_is_the_filled_one(theme: Theme) -> None:
    def ground(*, proposed: bool) -> object:
        key = KeyButton(theme, Choice("OK", "That is all", key="OK", proposed=proposed))
        key.resize(300, 80)
        return key.grab().toImage().pixelColor(290, 40)

    assert ground(proposed=True) == theme.color(Role.ASK)
    assert ground(proposed=False) == theme.color(Role.SURFACE)
