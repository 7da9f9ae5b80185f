from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.scanning.commands import Word
from ui.actions import ACTIONS, Action, WindowAct, by_id, by_key
from ui.theme.tokens import load

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def pressed(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers)


@pytest.mark.parametrize(
    ("key", "modifiers", "action"),
    [
        (Qt.Key.Key_F1, NONE, "help"),
        (Qt.Key.Key_F2, NONE, "type_code"),
        (Qt.Key.Key_F3, NONE, "reprint"),
        (Qt.Key.Key_F7, NONE, "note"),
        (Qt.Key.Key_F4, NONE, "photo"),
        (Qt.Key.Key_F5, NONE, "blind"),
        (Qt.Key.Key_F6, NONE, "quantity"),
        (Qt.Key.Key_F8, NONE, "hold"),
        (Qt.Key.Key_F11, NONE, "full_screen"),
        (Qt.Key.Key_Z, CTRL, "undo"),
        (Qt.Key.Key_Return, CTRL, "done"),
        (Qt.Key.Key_Enter, CTRL | KEYPAD, "done"),
        (Qt.Key.Key_Equal, CTRL, "text_larger"),
        (Qt.Key.Key_Plus, CTRL | SHIFT, "text_larger"),
        (Qt.Key.Key_Minus, CTRL, "text_smaller"),
        (Qt.Key.Key_Escape, NONE, "back"),
        (Qt.Key.Key_Return, NONE, "proposed"),
        (Qt.Key.Key_Enter, KEYPAD, "proposed"),
    ],
)
def test_each_key_has_its_action(key: Qt.Key, modifiers: Qt.KeyboardModifier, action: str) -> None:
    found = by_key(pressed(key, modifiers))
    assert found is not None
    assert found.id == action


def test_a_key_that_two_share_goes_to_the_one_the_view_lists() -> None:
    event = pressed(Qt.Key.Key_F8)
    found = by_key(event, ("help", "list"))
    assert found is not None
    assert found.id == "list"


@pytest.mark.parametrize("key", [Qt.Key.Key_Z, Qt.Key.Key_1, Qt.Key.Key_F10, Qt.Key.Key_Space])
def test_signs_and_the_systems_keys_have_none(key: Qt.Key) -> None:
    assert by_key(pressed(key)) is None


def test_ids_are_unique_and_found() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(by_id(action.id) is action for action in ACTIONS)
    assert by_id("GRI") is None


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_does_something_and_can_be_drawn(action: Action) -> None:
    assert action.word or action.act
    if action.word:
        assert action.word in set(Word)
    assert action.caption
    assert action.icon in load().icon
    assert action.screens == ("bench",)


def test_only_function_keys_control_keys_escape_and_enter_are_taken() -> None:
    plain = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}
    plain |= {Qt.Key(Qt.Key.Key_F1.value + number) for number in range(12)}
    for action in ACTIONS:
        for chord in action.chords:
            assert chord.key in plain or chord.modifiers & CTRL


def test_every_act_of_the_window_is_reached_by_an_action() -> None:
    assert {action.act for action in ACTIONS} - {None} == set(WindowAct)
