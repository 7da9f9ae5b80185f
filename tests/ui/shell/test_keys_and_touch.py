from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.workflows.view import AnswerWork, QuantityWork, StopWork
from tests.ui.conftest import OpenWindow
from tests.ui.hands import click, find, foot_names
from tests.ui.keyboard import Keyboard
from ui.gallery.screens import all_screens
from ui.settings import UiSettings
from ui.shell.keys import choices_of
from ui.shell.window import BenchWindow
from ui.theme.theme import ThemeChoice

SCREENS = all_screens()
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
PROPOSALS = [("quantity", ["OK"]), ("finished", ["DONE"]), ("stop", []), ("idle", [])]


@pytest.mark.parametrize("name", SCREENS)
def test_each_choice_touched_submits_its_own_word_once(open_window: OpenWindow, name: str) -> None:
    window, port = open_window(SCREENS[name])
    acts = {"type_code", "help"}
    for choice in choices_of(SCREENS[name].bench.work):
        if choice.command in acts or not choice.enabled:
            continue
        port.words.clear()
        click(find(window, f"touch-{choice.command}"))
        expected = {"blind": "BLIND"}.get(choice.command, str(choice.command))
        assert port.words == [expected]
    assert port.submitted == []


@pytest.mark.parametrize(
    ("name", "typed", "word"),
    [
        ("question", "1", "NI"),
        ("question", "3", "NIII"),
        ("question", "b", "GRII"),
        ("question", "D", "GRIV"),
        ("grade", "a", "GRI"),
        ("grade", "4", "GRIV"),
        ("blind", "2", "GRII"),
        ("quantity", "0", "DO"),
        ("quantity", "7", "DVII"),
    ],
)
def test_a_sign_on_a_tile_is_its_key(
    open_window: OpenWindow, qtbot: QtBot, name: str, typed: str, word: str
) -> None:
    window, port = open_window(SCREENS[name])
    Keyboard(window).type(typed, 200)
    qtbot.waitUntil(lambda: port.words == [word])


@pytest.mark.parametrize(("name", "typed"), [("idle", "1"), ("stop", "1"), ("saved", "a"), ("question", "9")])
def test_a_sign_on_no_tile_does_nothing(open_window: OpenWindow, name: str, typed: str) -> None:
    window, port = open_window(SCREENS[name])
    keyboard = Keyboard(window)
    keyboard.type(typed, 200)
    keyboard.stroke(Key.Key_Up)
    assert port.quiet


@pytest.mark.parametrize(
    ("key", "modifiers", "word"),
    [
        (Key.Key_F3, Qt.KeyboardModifier.NoModifier, "REPRINT"),
        (Key.Key_F7, Qt.KeyboardModifier.NoModifier, "NOTE"),
        (Key.Key_F4, Qt.KeyboardModifier.NoModifier, "PHOTO"),
        (Key.Key_F5, Qt.KeyboardModifier.NoModifier, "BLIND"),
        (Key.Key_F6, Qt.KeyboardModifier.NoModifier, "COUNT"),
        (Key.Key_F8, Qt.KeyboardModifier.NoModifier, "HOLD"),
        (Key.Key_Z, CTRL, "UNDO"),
        (Key.Key_Return, CTRL, "DONE"),
    ],
)
def test_an_action_key_submits_its_word(
    open_window: OpenWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier, word: str
) -> None:
    window, port = open_window(SCREENS["question"])
    Keyboard(window).stroke(key, "", modifiers)
    assert port.words == [word]


@pytest.mark.parametrize(
    ("name", "words"), [("quantity", ["OK"]), ("finished", ["DONE"]), ("stop", []), ("idle", [])]
)
def test_enter_takes_the_one_proposal_and_nothing_else(
    open_window: OpenWindow, name: str, words: list[str]
) -> None:
    window, port = open_window(SCREENS[name])
    Keyboard(window).stroke(Key.Key_Return, "\r")
    assert port.words == words


def test_a_stop_ignores_a_proposal(open_window: OpenWindow) -> None:
    screen = SCREENS["stop"]
    work = screen.bench.work
    assert isinstance(work, StopWork)
    work = replace(work, choices=tuple(replace(choice, proposed=True) for choice in work.choices))
    window, port = open_window(replace(screen, bench=replace(screen.bench, work=work)))
    Keyboard(window).stroke(Key.Key_Return, "\r")
    assert port.quiet


def test_the_foot_shows_the_listed_actions_and_runs_them(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    assert foot_names(window) == ["foot-undo", "foot-help", "foot-reprint", "foot-quantity", "foot-hold"]
    for name in ("foot-undo", "foot-reprint", "foot-quantity", "foot-hold"):
        click(find(window, name))
    assert port.words == ["UNDO", "REPRINT", "COUNT", "HOLD"]


def test_an_action_of_another_screen_is_not_drawn(open_window: OpenWindow) -> None:
    screen = SCREENS["idle"]
    window, _ = open_window(replace(screen, bench=replace(screen.bench, actions=("help", "shelve"))))
    assert foot_names(window) == ["foot-undo", "foot-help"]


def test_keys_without_room_wait_behind_more(open_window: OpenWindow) -> None:
    settings = UiSettings(ThemeChoice.LIGHT, 200)
    window, port = open_window(SCREENS["question"], settings, size=(1280, 720))
    wanted, seen = {"foot-help", "foot-reprint", "foot-quantity", "foot-hold"}, set[str]()
    for _ in range(5):
        seen |= set(foot_names(window))
        click(find(window, "foot-more"))
    assert wanted <= seen
    assert port.quiet


def test_typing_a_code_needs_no_box(open_window: OpenWindow, qtbot: QtBot) -> None:
    window, port = open_window(SCREENS["question"])
    keyboard = Keyboard(window)
    keyboard.stroke(Key.Key_F2)
    field = window.frame.foot.entry.field
    assert field.isVisible()
    keyboard.type(" r-20871 \r", 150)
    qtbot.waitUntil(lambda: port.submitted == [("r-20871", "typed")])
    assert not field.isVisible()
    assert window.hasFocus()


def test_an_empty_code_is_not_submitted_and_escape_closes(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    keyboard = Keyboard(window)
    keyboard.stroke(Key.Key_F2)
    keyboard.type("   \r", 150)
    assert window.frame.foot.entry.isVisible()
    keyboard.stroke(Key.Key_Escape)
    assert not window.frame.foot.entry.isVisible()
    assert port.quiet


def test_escape_goes_back_one_step_only_where_the_view_offers_it(open_window: OpenWindow) -> None:
    screen = SCREENS["question"]
    window, port = open_window(screen)
    Keyboard(window).stroke(Key.Key_Escape)
    assert port.quiet
    port.push(replace(screen, bench=replace(screen.bench, actions=("help", "back"))))
    QApplication.processEvents()
    Keyboard(window).stroke(Key.Key_Escape)
    assert port.words == ["DROP"]


def test_a_double_click_answers_only_the_question_it_was_meant_for(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    place = find(window, "touch-GRI").mapTo(window, QPoint(10, 10))
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)
    port.push(SCREENS["grade"])
    QApplication.processEvents()
    second = find(window, "touch-GRIII")
    event = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(5, 5),
        second.mapToGlobal(QPointF(5, 5)),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(second, event)
    QTest.mouseRelease(second, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert port.words == ["GRI"]


@pytest.mark.parametrize("name", ["idle", "question", "quantity", "saved", "stop", "waiting"])
def test_tab_reaches_every_control_in_reading_order_and_leaves_none_out(
    open_window: OpenWindow, name: str
) -> None:
    window, _ = open_window(SCREENS[name])
    visited: list[QWidget] = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget() or window, Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in visited:
            break
        visited.append(focused)
    wanted = {
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    assert wanted <= set(visited)
    bands = [areas(window).index(area_of(window, widget)) for widget in visited if widget is not window]
    assert bands == sorted(bands), "top bar, then work, then foot"


def areas(window: BenchWindow) -> list[QWidget]:
    return [window.frame.top_bar, window.frame.work, window.frame.foot]


def area_of(window: BenchWindow, widget: QWidget) -> QWidget:
    return next(area for area in areas(window) if area.isAncestorOf(widget))


def test_no_control_has_the_keyboard_before_tab_is_pressed(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["question"])
    assert window.hasFocus()
    find(window, "touch-NII").setFocus()
    port.push(SCREENS["stop"], 1)
    QApplication.processEvents()
    assert window.hasFocus(), "the control is gone; its neighbour may not inherit the keyboard"


def test_the_focus_stays_on_a_key_that_is_drawn_again(open_window: OpenWindow) -> None:
    window, port = open_window(SCREENS["quantity"])
    find(window, "touch-DIV").setFocus()
    screen = SCREENS["quantity"]
    work = screen.bench.work
    assert isinstance(work, QuantityWork)
    port.push(replace(screen, bench=replace(screen.bench, work=replace(work, figure="4"))), 2)
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "touch-DIV"
    assert focused.window() is window


def test_a_disabled_choice_takes_neither_touch_nor_key(open_window: OpenWindow, qtbot: QtBot) -> None:
    screen = SCREENS["question"]
    work = screen.bench.work
    assert isinstance(work, AnswerWork)
    work = replace(work, answers=tuple(replace(choice, enabled=False) for choice in work.answers))
    window, port = open_window(replace(screen, bench=replace(screen.bench, work=work)))
    click(find(window, "touch-NI"))
    Keyboard(window).type("1", 200)
    qtbot.wait(80)
    assert port.quiet


@pytest.mark.parametrize(
    ("command", "words"), [("resume:R-1", ["resume:R-1"]), ("GRI", ["GRI"]), ("type_code", [])]
)
def test_a_command_that_is_no_action_goes_to_the_station(
    open_window: OpenWindow, command: str, words: list[str]
) -> None:
    window, port = open_window(SCREENS["idle"])
    window.run(command)
    assert port.words == words
