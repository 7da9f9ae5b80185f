from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.scanning.wedge import BurstLimits
from tests.ui.conftest import OpenWindow
from tests.ui.keyboard import Keyboard
from ui.gallery.screens import all_screens
from ui.settings import UiSettings
from ui.shell.window import BENCH_TAB, BenchWindow, WindowParts
from ui.theme.theme import ThemeChoice
from ui.widgets.tabs import ScreenTab

SCREENS = all_screens()
CODE = "4006381333931"


def focusable(window: BenchWindow) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


@pytest.mark.parametrize("name", ["idle", "question", "quantity", "saved", "stop", "waiting", "finished"])
def test_a_scan_presses_nothing_whatever_has_the_focus(open_window: OpenWindow, name: str) -> None:
    window, port = open_window(SCREENS[name])
    keyboard = Keyboard(window)
    controls = focusable(window)
    assert len(controls) > 5
    for number, control in enumerate(controls):
        control.setFocus()
        assert control.hasFocus()
        keyboard.scan(f"R 10 {number:03}")
    assert port.submitted == [(f"R 10 {number:03}", "wedge") for number in range(len(controls))]
    assert port.words == []
    assert window.frame.drawer is None


def test_a_scan_leaves_the_field_for_typing_a_code_as_it_was(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["question"])
    keyboard = Keyboard(window)
    keyboard.stroke(Qt.Key.Key_F2)
    field = window.frame.foot.entry.field
    assert field.hasFocus()
    keyboard.type("12", 150)
    qtbot.waitUntil(lambda: field.text() == "12")
    keyboard.scan(CODE)
    keyboard.type("3", 150)
    qtbot.waitUntil(lambda: field.text() == "123")
    assert port.submitted == [(CODE, "wedge")]


@pytest.mark.parametrize("end", ["\r", "\t", "\r\n", "\x04"])
def test_each_suffix_ends_exactly_one_scan(open_window: OpenWindow, end: str) -> None:
    window, port = open_window(SCREENS["idle"])
    keyboard = Keyboard(window)
    first = window.focusWidget()
    keyboard.scan(CODE, end)
    assert port.submitted == [(CODE, "wedge")]
    assert window.focusWidget() is first, "a Tab suffix does not move the focus"


def test_a_scan_without_suffix_ends_when_it_is_quiet(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["idle"])
    Keyboard(window).scan(CODE, "")
    assert port.submitted == []
    qtbot.waitUntil(lambda: port.submitted == [(CODE, "wedge")])


def test_thirty_scans_in_a_row_arrive_in_order(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["quantity"])
    keyboard = Keyboard(window)
    for number in range(30):
        keyboard.scan(f"SN-{number:05}")
    assert [raw for raw, _ in port.submitted] == [f"SN-{number:05}" for number in range(30)]
    assert port.words == []


def test_slow_typing_is_never_a_scan(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["idle"])
    keyboard = Keyboard(window)
    keyboard.stroke(Qt.Key.Key_F2)
    field = window.frame.foot.entry.field
    keyboard.type("R-20871 Ab", 150)
    qtbot.waitUntil(lambda: field.text() == "R-20871 Ab")
    assert port.submitted == []
    keyboard.type("\r", 150)
    assert port.submitted == [("R-20871 Ab", "typed")]


def test_a_digit_typed_by_hand_is_an_answer_once(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["question"])
    keyboard = Keyboard(window)
    keyboard.type("2", 200)
    assert port.words == [], "it may still begin a scan"
    qtbot.waitUntil(lambda: port.words == ["NII"])
    keyboard.type("3", 200)
    qtbot.waitUntil(lambda: port.words == ["NII", "NIII"])
    assert port.submitted == []


def test_capitals_and_group_signs_are_kept(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["idle"])
    Keyboard(window).scan("]d201Ab\x1d21Xy")
    assert port.submitted == [("]d201Ab\x1d21Xy", "wedge")]


def test_what_was_typed_is_delivered_before_a_key_that_acts(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    keyboard = Keyboard(window)
    keyboard.type("1", 100)
    keyboard.stroke(Qt.Key.Key_F3)
    assert port.words == ["NI", "REPRINT"]


def test_what_was_typed_is_delivered_before_a_touch(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    Keyboard(window).type("1", 100)
    button = window.findChild(QWidget, "touch-NIII")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert port.words == ["NI", "NIII"]


def test_space_by_hand_presses_the_button_that_has_the_focus_once(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window, port = open_window(SCREENS["question"])
    button = window.findChild(QWidget, "touch-NII")
    assert button is not None
    button.setFocus()
    Keyboard(window).type(" ", 200)
    qtbot.waitUntil(lambda: port.words == ["NII"])


def test_enter_by_hand_presses_no_button(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    for control in focusable(window):
        control.setFocus()
        Keyboard(window).stroke(Qt.Key.Key_Return, "\r")
    assert port.quiet


def test_a_key_held_down_acts_once(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["question"])
    keyboard = Keyboard(window)
    keyboard.press(Qt.Key.Key_1, "1")
    for _ in range(20):
        keyboard.now_ms += 33
        keyboard.press(Qt.Key.Key_1, "1", repeat=True)
    keyboard.release(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: port.words == ["NI"])
    qtbot.wait(80)
    assert port.words == ["NI"]
    assert port.submitted == []


@pytest.mark.qt_log_ignore("This plugin does not support")  # the platform without a screen
def test_a_scan_while_a_menu_is_open_goes_to_the_station(open_window: OpenWindow) -> None:
    tabs = (BENCH_TAB, ScreenTab("INBND", "Receive", 3), ScreenTab("FIND", "Find"))
    window, port = open_window(
        SCREENS["idle"], UiSettings(ThemeChoice.LIGHT, 200), WindowParts(tabs=tabs), (1280, 720)
    )
    folded = window.findChild(QWidget, "tabs-folded")
    assert folded is not None
    assert folded.isVisible()
    QTest.mouseClick(folded, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    Keyboard(window).scan("F1ND-ME")
    assert port.submitted == [("F1ND-ME", "wedge")]
    assert port.words == []
    menu.close()


def test_limits_of_another_scanner_are_taken(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["idle"])
    window.bridge.set_limits(BurstLimits(prefix="~", quiet_ends=False))
    keyboard = Keyboard(window)
    keyboard.scan("~ABC123")
    assert port.submitted == [("ABC123", "wedge")]


def test_a_closed_window_gives_back_what_it_held_and_filters_no_more(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window, port = open_window(SCREENS["idle"])
    Keyboard(window).type("x", 100)
    window.close()
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "4006381333931")
    assert field.text() == "4006381333931"
    assert port.quiet


def test_a_touch_far_from_any_control_changes_nothing(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["stop"])
    QTest.mouseClick(window.frame.work, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.mouseClick(window.frame.band, Qt.MouseButton.LeftButton)
    assert port.quiet
