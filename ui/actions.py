"""The one table of actions: what a key, a button in the foot and a mat code all stand for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.scanning.commands import Word

_Key = Qt.Key
_PLAIN = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class WindowAct(StrEnum):
    """What the window does by itself, without asking the station."""

    HELP = "help"
    TYPE_CODE = "type_code"
    CODES = "codes"
    STATUS = "show_status"
    FULL_SCREEN = "full_screen"
    LARGER = "text_larger"
    SMALLER = "text_smaller"
    BACK = "back"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class KeyChord:
    """One way to press an action's key; `shown` is its name on buttons."""

    key: Qt.Key
    modifiers: Qt.KeyboardModifier = _PLAIN
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One action: `word` is what it submits, `act` what the window does (BACK does either).

    `screens` are those on which it means anything; two actions of one key are told apart by what the view
    lists.
    """

    id: str
    caption: str
    icon: str
    chords: tuple[KeyChord, ...] = ()
    word: str = ""
    act: WindowAct | None = None
    screens: tuple[str, ...] = ("bench",)

    @property
    def shown(self) -> str:
        """The key's name, or nothing."""
        return self.chords[0].shown if self.chords else ""


def _key(key: Qt.Key, shown: str, modifiers: Qt.KeyboardModifier = _PLAIN) -> tuple[KeyChord, ...]:
    return (KeyChord(key, modifiers, shown),)


ACTIONS: tuple[Action, ...] = (
    Action("help", "Help", "help", _key(_Key.Key_F1, "F1"), act=WindowAct.HELP),
    Action("type_code", "Type a code", "hash", _key(_Key.Key_F2, "F2"), act=WindowAct.TYPE_CODE),
    Action("reprint", "Reprint", "printer", _key(_Key.Key_F3, "F3"), Word.REPRINT),
    Action("photo", "Photo", "camera", _key(_Key.Key_F4, "F4"), Word.PHOTO),
    Action("blind", "Blind", "box", _key(_Key.Key_F5, "F5"), Word.BLIND),
    Action("quantity", "Quantity", "hash", _key(_Key.Key_F6, "F6"), Word.QUANTITY),
    Action("note", "Note", "note", _key(_Key.Key_F7, "F7"), Word.NOTE),
    Action("otherwise", "Decide otherwise", "badge", _key(_Key.Key_R, "Ctrl+R", _CTRL), Word.REJECT),
    Action("hold", "Park", "hold", _key(_Key.Key_F8, "F8"), Word.HOLD),
    Action("list", "Parked", "hold", _key(_Key.Key_F8, "F8"), Word.LIST),
    Action("not_in_box", "Not in box", "cross", word=Word.NOT_IN_BOX),
    Action("full_screen", "Full screen", "full", _key(_Key.Key_F11, "F11"), act=WindowAct.FULL_SCREEN),
    Action("undo", "Undo", "undo", _key(_Key.Key_Z, "Ctrl+Z", _CTRL), Word.UNDO),
    Action(
        "done",
        "Done",
        "dtick",
        (KeyChord(_Key.Key_Return, _CTRL, "Ctrl+Enter"), KeyChord(_Key.Key_Enter, _CTRL)),
        Word.DONE,
    ),
    Action("bench", "Bench", "scan", _key(_Key.Key_1, "Ctrl+1", _CTRL), Word.GO_BENCH),
    Action("receiving", "Receive", "box", _key(_Key.Key_2, "Ctrl+2", _CTRL), Word.GO_RECEIVE),
    Action("counting", "Counts", "hash", _key(_Key.Key_3, "Ctrl+3", _CTRL), Word.GO_COUNTS),
    Action("approvals", "Approvals", "tick", _key(_Key.Key_6, "Ctrl+6", _CTRL), Word.GO_APPROVALS),
    Action("lock", "Lock", "lock", _key(_Key.Key_L, "Ctrl+L", _CTRL), Word.LOCK),
    Action("codes", "Codes", "scan", _key(_Key.Key_B, "Ctrl+B", _CTRL), act=WindowAct.CODES),
    Action("show_status", "This station", "server", act=WindowAct.STATUS),
    Action(
        "text_larger",
        "Larger text",
        "plus",
        (
            KeyChord(_Key.Key_Equal, _CTRL, "Ctrl+="),
            KeyChord(_Key.Key_Plus, _CTRL),
            KeyChord(_Key.Key_Plus, _CTRL | _SHIFT),
        ),
        act=WindowAct.LARGER,
    ),
    Action(
        "text_smaller",
        "Smaller text",
        "minus",
        _key(_Key.Key_Minus, "Ctrl+-", _CTRL),
        act=WindowAct.SMALLER,
    ),
    Action("back", "Back", "back", _key(_Key.Key_Escape, "Esc"), Word.LEAVE, WindowAct.BACK),
    Action(
        "proposed",
        "Take the proposal",
        "tick",
        (KeyChord(_Key.Key_Return, _PLAIN, "Enter"), KeyChord(_Key.Key_Enter)),
        act=WindowAct.PROPOSED,
    ),
)

_BY_ID = {action.id: action for action in ACTIONS}


def by_id(action_id: str) -> Action | None:
    """The action of that id; None for a mat word or an id of another screen."""
    return _BY_ID.get(action_id)


def by_key(event: QKeyEvent, listed: Collection[str] = ()) -> Action | None:
    """The action of a key press; where two share a key, the one that the view lists.

    Keys of the number pad count as the others.
    """
    pressed = (event.key(), event.modifiers() & ~_KEYPAD)
    found = [
        action
        for action in ACTIONS
        if any((chord.key, chord.modifiers) == pressed for chord in action.chords)
    ]
    return next((action for action in found if action.id in listed), found[0] if found else None)
