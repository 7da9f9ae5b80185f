"""The words of the mat that stand for numbers: answers from a list, and digits."""

from __future__ import annotations

ANSWER_WORDS = {
    "NI": 1, "NII": 2, "NIII": 3, "NIV": 4, "NV": 5, "NVI": 6, "NVII": 7, "NVIII": 8, "NIX": 9,
}  # fmt: skip
DIGIT_WORDS = {
    "DO": "0", "DI": "1", "DII": "2", "DIII": "3", "DIV": "4",
    "DV": "5", "DVI": "6", "DVII": "7", "DVIII": "8", "DIX": "9",
}  # fmt: skip

NUMBER_WORDS = (*ANSWER_WORDS, "DO")
"""The words that number a list of up to ten, in order."""


def numbered(word: str) -> int:
    """The place in such a list that an answer or a digit means, 0 the tenth."""
    return ANSWER_WORDS.get(word) or int(DIGIT_WORDS[word]) or len(NUMBER_WORDS)
