"""Which choice of a screen a plain key stands for: numbers and letters on the tiles, and the proposed one."""

from __future__ import annotations

from app.workflows.view import (
    AnswerWork,
    Choice,
    IdleWork,
    QuantityWork,
    ReviewWork,
    SavedWork,
    StopWork,
    TallyWork,
    WaitWork,
    Work,
)


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
        case ReviewWork(choices=choices):
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
