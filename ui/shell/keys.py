"""Which choice of a screen a plain key stands for: numbers and letters on the tiles, and the proposed one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.workflows.view import (
    AnswerWork,
    Choice,
    IdleWork,
    QuantityWork,
    ReviewWork,
    SavedWork,
    SignInWork,
    StopWork,
    TallyWork,
    WaitWork,
    Work,
)
from ui.actions import Action, WindowAct

_SILENT = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
}
"""Keys that are pressed with others; alone they answer nothing."""


def choices_of(work: Work) -> tuple[Choice, ...]:
    """All touch targets of a kind of work that keys may stand for."""
    match work:
        case IdleWork(choices=choices) | WaitWork(choices=choices) | StopWork(choices=choices):
            return choices
        case AnswerWork(answers=answers, others=others):
            return (*answers, *others)
        case QuantityWork(digits=digits, confirm=confirm):
            return (*digits, confirm)
        case TallyWork(digits=digits, choices=choices, confirm=confirm):
            return (*digits, *choices, *((confirm,) if confirm else ()))
        case ReviewWork(choices=choices) | SignInWork(choices=choices):
            return choices
        case SavedWork():
            return ()


def choice_for(work: Work, text: str) -> Choice | None:
    """The choice with that one sign as its key, case apart; a digit without a key goes by its title.

    Answers with letters on their tiles go by their place too: 1 is the first.
    """
    # Letters decide about write-offs only while the list itself has the keyboard.
    if len(text) != 1 or isinstance(work, ReviewWork):
        return None
    for choice in choices_of(work):
        if choice.enabled and (choice.key or choice.title).casefold() == text.casefold():
            return choice
    if isinstance(work, AnswerWork) and text.isascii() and text.isdigit() and _lettered(work):
        placed = work.answers[int(text) - 1 : int(text)] if text != "0" else ()
        return next((choice for choice in placed if choice.enabled), None)
    return None


def _lettered(work: AnswerWork) -> bool:
    return not any(choice.key.isdigit() for choice in work.answers)


def proposed(work: Work) -> Choice | None:
    """The one choice that Enter takes: the proposed one, or the way to confirm a number."""
    if isinstance(work, QuantityWork):
        return work.confirm if work.confirm.enabled else None
    if isinstance(work, StopWork):
        return None
    return next((choice for choice in choices_of(work) if choice.proposed and choice.enabled), None)


def opens(work: Work, event: QKeyEvent, action: Action | None) -> Choice | None:
    """The choice that any key stands for on a locked screen; keys of the window itself keep their meaning."""
    if not isinstance(work, SignInWork) or not work.any_key or event.key() in _SILENT:
        return None
    # A key that stands for the window's own act, such as larger text, is no answer to the station.
    if action is not None and action.act not in {None, WindowAct.PROPOSED, WindowAct.BACK}:
        return None
    return proposed(work)
