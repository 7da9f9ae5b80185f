"""GTINs: the digits under a barcode, told right from wrong by their check digit."""

from __future__ import annotations

from app.domain.refusal import Refused

_LENGTHS = frozenset({8, 12, 13, 14})


def gtin_check_digit(body: str) -> str:
    """The GS1 mod 10 check digit of the digits before it."""
    # From the right, every other digit weighs three times.
    total = 3 * sum(map(int, body[::-2])) + sum(map(int, body[-2::-2]))
    return str(-total % 10)


def gtin14(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits; refused when its check digit is wrong."""
    digits = text.isascii() and text.isdigit()
    if not digits or len(text) not in _LENGTHS or gtin_check_digit(text[:-1]) != text[-1]:
        raise Refused(
            "gtin.wrong",
            f"Read the GTIN {text[:20]!r}.",
            "Expected 8, 12, 13 or 14 digits with a right check digit.",
            "Check the code on the pack.",
        )
    return text.zfill(14)
