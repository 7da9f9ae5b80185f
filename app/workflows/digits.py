"""The keys that set a number by touch: ten digits, one less, one more."""

from __future__ import annotations

from app.workflows.numbers import DIGIT_WORDS
from app.workflows.texts import Texts
from app.workflows.view import Choice

STEP = "step:"
"""How the touch keys that add or take away one say by how many; no code that is scanned looks so."""


def digit_choices(chosen: str = "") -> tuple[Choice, ...]:
    """1 to 9 and 0 in the order of a keyboard's row; `chosen` is the number that stands there now."""
    words = sorted(DIGIT_WORDS, key=lambda word: (int(DIGIT_WORDS[word]) - 1) % 10)
    return tuple(
        Choice(word, DIGIT_WORDS[word], key=DIGIT_WORDS[word], chosen=DIGIT_WORDS[word] == chosen)
        for word in words
    )


def step_choices(texts: Texts, *, less: bool) -> tuple[Choice, ...]:
    """One less, where there is one, and one more."""
    return (
        Choice(f"{STEP}-1", "", texts.say("word.one_less"), icon="minus", enabled=less),
        Choice(f"{STEP}+1", "", texts.say("word.one_more"), icon="plus"),
    )
