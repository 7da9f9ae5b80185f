"""Command codes: the bench mat's words, their printed payloads, and back.

A payload is `XK`, the word and a check letter, Code 128, read without regard to case. Words and check letters
use only letters that sit on the same key of QWERTY, AZERTY and QWERTZ keyboards, so a keyboard-wedge scanner
delivers them right under any layout. No two payloads differ in one sign only, and none begins another.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from app.scanning.faults import Broken, Fault

PREFIX = "XK"
ALPHABET = "BCDEFGHIJKLNOPRSTUVX"
# A prime above every position, so that a wrong letter or a swap of neighbours changes the sum. B and X alone
# share a remainder; `parse` compares whole payloads and catches that pair too.
_MODULUS = 19


class Word(StrEnum):
    """The 64 words of the mat; the member's name is its caption, its value what stands in the code."""

    DONE = "DONE"
    OK = "OK"
    UNDO = "UNDO"
    LEAVE = "DROP"
    HOLD = "HOLD"
    LIST = "LIST"
    REST = "REST"
    HELP = "HELP"
    START = "TOP"
    REJECT = "REJECT"

    BLIND = "BLIND"
    UNKNOWN = "NOID"
    WRONG_ITEM = "OTHER"
    NOT_IN_BOX = "GONE"
    PART_MISSING = "NOPRT"
    QUANTITY = "COUNT"
    EMPTY = "NIL"
    SHORT = "SHORT"
    OVER = "OVER"
    PHOTO = "PHOTO"
    RETAKE = "REDO"
    NOTE = "NOTE"

    GRADE_A = "GRI"
    GRADE_B = "GRII"
    GRADE_C = "GRIII"
    GRADE_D = "GRIV"

    ANSWER_1 = "NI"
    ANSWER_2 = "NII"
    ANSWER_3 = "NIII"
    ANSWER_4 = "NIV"
    ANSWER_5 = "NV"
    ANSWER_6 = "NVI"
    ANSWER_7 = "NVII"
    ANSWER_8 = "NVIII"
    ANSWER_9 = "NIX"

    DIGIT_0 = "DO"
    DIGIT_1 = "DI"
    DIGIT_2 = "DII"
    DIGIT_3 = "DIII"
    DIGIT_4 = "DIV"
    DIGIT_5 = "DV"
    DIGIT_6 = "DVI"
    DIGIT_7 = "DVII"
    DIGIT_8 = "DVIII"
    DIGIT_9 = "DIX"

    RESTOCK = "RESTOCK"
    REFURB = "REFURB"
    QUARANTINE = "BLOCK"
    VENDOR = "VENDOR"
    DONATE = "GIVE"
    DISCARD = "DISCRD"

    PRINT = "PRINT"
    REPRINT = "REPRINT"

    LOCK = "LOCK"
    SIGN_OUT = "OUT"
    HANDOVER = "SHIFT"
    TRAINING = "TUTOR"
    SEND_NOW = "PUSH"

    GO_BENCH = "BENCH"
    GO_RECEIVE = "INBND"
    GO_COUNTS = "BINCNT"
    GO_FIND = "FIND"
    GO_TODO = "TODO"
    GO_APPROVALS = "JUDGE"

    @property
    def grade(self) -> str | None:
        """`A` to `D` for the grade words."""
        return self.name[-1] if self.name.startswith("GRADE_") else None

    @property
    def answer(self) -> int | None:
        """1 to 9 for the answer words."""
        return int(self.name[-1]) if self.name.startswith("ANSWER_") else None

    @property
    def digit(self) -> int | None:
        """0 to 9 for the digit words."""
        return int(self.name[-1]) if self.name.startswith("DIGIT_") else None


def check_letter(body: str) -> str:
    """The check letter over `XK` + word: position from 1 times index in the alphabet, summed, mod 19.

    Raises:
        ValueError: a sign outside the alphabet (K and X included in it).
    """
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, 1))
    return ALPHABET[total % _MODULUS]


def payload(word: Word) -> str:
    """What the mat prints for a word, such as `XKUNDOG`."""
    body = f"{PREFIX}{word.value}"
    return body + check_letter(body)


@cache
def _words() -> dict[str, Word]:
    return {payload(word): word for word in Word}


def parse(raw: str) -> Word | None:
    """The word of a payload in any case; None for anything that is not one of the 64, or nearly one.

    Raises:
        Broken: one sign away from a payload: a misread or mistyped command, never to be taken for an item.
    """
    # Folding other scripts would let a long s (U+017F) pass for S.
    text = raw.upper() if raw.isascii() else raw
    word = _words().get(text)
    if word is not None:
        return word
    if text.startswith(PREFIX[0]) or text.startswith(PREFIX[1], 1):
        near = next((word for printed, word in _words().items() if _differ_by_one(text, printed)), None)
        if near is not None:
            raise Broken(
                Fault.COMMAND,
                f"One letter differs from the command {near.name.replace('_', ' ')}.",
                "Scan the command on the mat again.",
            )
    return None


def _differ_by_one(one: str, two: str) -> bool:
    return len(one) == len(two) and sum(a != b for a, b in zip(one, two, strict=True)) == 1
