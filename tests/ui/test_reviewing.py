"""A review in the real window: letters act in the list alone, and a scan never fills a PIN."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.workflows.view import ReviewWork
from tests.ui.conftest import OpenWindow
from tests.ui.hands import click, find
from tests.ui.keyboard import Keyboard
from ui.gallery.screens import all_screens
from ui.shell.window import BenchWindow
from ui.widgets.pin_pad import PinField
from ui.widgets.request_list import RequestList

SCREENS = all_screens()


def listed(window: BenchWindow) -> RequestList:
    found = window.findChild(RequestList)
    assert isinstance(found, RequestList)
    return found


def field(window: BenchWindow) -> PinField:
    found = window.findChild(PinField)
    assert isinstance(found, PinField)
    return found


def test_letters_decide_while_the_list_has_the_keyboard_and_nowhere_else(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window, port = open_window(SCREENS["approvals"])
    assert QApplication.focusWidget() is listed(window), "the list has the keyboard at once"
    for letter, word in (("a", "OK"), ("R", "REJECT"), ("q", "NOTE")):
        port.words.clear()
        Keyboard(window).type(letter, 200)
        qtbot.waitUntil(lambda: bool(port.words))
        assert port.words == [word]
    port.words.clear()
    window.setFocus()
    Keyboard(window).type("arq", 200)
    QTest.qWait(80)
    assert port.quiet


def test_a_scan_over_the_list_is_a_scan_and_decides_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["approvals"])
    Keyboard(window).scan("AARRQQ")
    qtbot.waitUntil(lambda: bool(port.submitted))
    assert port.submitted == [("AARRQQ", "wedge")]
    assert port.words == []


def test_rows_are_taken_by_touch_and_by_arrow(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["approvals"])
    shown = listed(window)
    model = shown.model()
    assert model is not None
    QTest.mouseClick(
        shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualRect(model.index(2, 0)).center()
    )
    assert port.words == ["L03-309-K"]
    Keyboard(window).stroke(Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: port.words == ["L03-309-K", "L03-310-K"])
    assert port.submitted == []


def test_a_pin_is_typed_or_touched_and_handed_over_once(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["approvals-pin"])
    assert QApplication.focusWidget() is field(window)
    Keyboard(window).type("27", 150)
    qtbot.waitUntil(lambda: field(window).text() == "27")
    for digit in "1829":
        click(find(window, f"touch-pin-{digit}"))
    click(find(window, "touch-pin-back"))
    click(find(window, "touch-pin-9"))
    assert field(window).displayText() != field(window).text(), "nobody reads it off the screen"
    click(find(window, "touch-pin-enter"))
    assert port.pins == ["271829"]
    assert field(window).text() == ""
    field(window).undo()
    assert field(window).text() == ""
    assert port.quiet, "a PIN is no code and no word"


def test_a_scan_never_fills_the_pin(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["approvals-pin"])
    keyboard = Keyboard(window)
    keyboard.type("9", 200)
    qtbot.waitUntil(lambda: field(window).text() == "9")
    for code in ("271829", "4006381333931", "XKUNDOG"):
        keyboard.scan(code)
    qtbot.waitUntil(lambda: len(port.submitted) == 3)
    assert field(window).text() == "9"
    assert port.pins == []


def test_letters_that_are_switched_off_do_nothing(open_window: OpenWindow) -> None:
    screen = SCREENS["approvals"]
    work = screen.bench.work
    assert isinstance(work, ReviewWork)
    keyless = replace(work, choices=tuple(replace(choice, key="") for choice in work.choices))
    window, port = open_window(replace(screen, bench=replace(screen.bench, work=keyless)))
    Keyboard(window).type("arq", 200)
    QTest.qWait(80)
    assert port.quiet
